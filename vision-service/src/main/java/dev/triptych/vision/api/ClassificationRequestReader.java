package dev.triptych.vision.api;

import dev.triptych.vision.image.EncodedImage;
import dev.triptych.vision.image.ImageLimits;
import dev.triptych.vision.vit.ClassificationRequest;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.codec.multipart.FormFieldPart;
import org.springframework.http.codec.multipart.Part;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Reads the three ways in which a picture arrives: multipart part {@code image}, raw {@code image/*} body, JSON. Bytes
 * are counted while they arrive, and a body that stalls is given up.
 */
public final class ClassificationRequestReader {

    private static final String IMAGE = "image";

    /** What JSON may hold beside the picture's base64. */
    private static final int JSON_ALLOWANCE = 64 * 1024;

    private static final Duration BODY_LIMIT = Duration.ofSeconds(60);

    private final ImageLimits limits;

    public ClassificationRequestReader(ImageLimits limits) {
        this.limits = limits;
    }

    /** The validated request; an error is a {@link TriptychException.Rejected} that names the field. */
    Mono<ClassificationRequest> read(ServerWebExchange exchange) {
        RequestFields fields = RequestFields.ofQuery(exchange.getRequest().getQueryParams());
        return body(exchange, fields)
                .timeout(
                        BODY_LIMIT,
                        Mono.error(() -> new TriptychException.Rejected(
                                ErrorCode.INVALID_REQUEST,
                                null,
                                "the body took more than " + BODY_LIMIT.toSeconds() + " s")));
    }

    private Mono<ClassificationRequest> body(ServerWebExchange exchange, RequestFields fields) {
        MediaType type = contentType(exchange.getRequest());
        if (type != null && MediaType.MULTIPART_FORM_DATA.isCompatibleWith(type)) {
            return exchange.getMultipartData().flatMap(parts -> multipart(parts, fields));
        }
        if (type != null
                && (type.getType().equals(IMAGE) || MediaType.APPLICATION_OCTET_STREAM.isCompatibleWith(type))) {
            return bytes(exchange.getRequest().getBody(), limits.maxBytes()).map(fields::request);
        }
        if (type != null
                && (MediaType.APPLICATION_JSON.isCompatibleWith(type)
                        || type.getSubtype().endsWith("+json"))) {
            int most = Math.toIntExact(Math.min(Integer.MAX_VALUE, limits.maxBytes() / 3L * 4 + JSON_ALLOWANCE));
            return bytes(exchange.getRequest().getBody(), most)
                    .publishOn(Schedulers.boundedElastic())
                    .map(json -> JsonBody.request(json, fields, limits));
        }
        return Mono.error(new TriptychException.Rejected(
                ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                null,
                "send the picture as multipart part 'image', as an image/* body or as JSON, not as " + type));
    }

    private Mono<ClassificationRequest> multipart(MultiValueMap<String, Part> parts, RequestFields query) {
        RequestFields fields = query;
        for (Part part : parts.toSingleValueMap().values()) {
            if (part instanceof FormFieldPart field && !part.name().equals(IMAGE)) {
                fields = fields.with(part.name(), field.value());
            }
        }
        RequestFields complete = fields;
        return switch (parts.getFirst(IMAGE)) {
            case null ->
                Mono.error(new TriptychException.Rejected(
                        ErrorCode.INVALID_REQUEST, IMAGE, "the form has no part 'image'"));
            case FormFieldPart text ->
                Mono.fromCallable(() -> complete.request(EncodedImage.bytes(text.value(), limits)))
                        .subscribeOn(Schedulers.boundedElastic());
            case Part file -> bytes(file.content(), limits.maxBytes()).map(complete::request);
        };
    }

    /** A body without bytes is an empty array, which the request refuses with its own words. */
    private Mono<byte[]> bytes(Flux<DataBuffer> body, int most) {
        return DataBufferUtils.join(body, most)
                .map(ClassificationRequestReader::toArray)
                .defaultIfEmpty(new byte[0])
                .onErrorMap(DataBufferLimitException.class, e -> limits.tooManyBytes());
    }

    private static byte[] toArray(DataBuffer buffer) {
        try {
            byte[] bytes = new byte[buffer.readableByteCount()];
            buffer.read(bytes);
            return bytes;
        } finally {
            DataBufferUtils.release(buffer);
        }
    }

    private static @Nullable MediaType contentType(ServerHttpRequest request) {
        try {
            return request.getHeaders().getContentType();
        } catch (InvalidMediaTypeException e) {
            throw new TriptychException.Rejected(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE, null, "Content-Type is not a media type: " + e.getMessage());
        }
    }
}
