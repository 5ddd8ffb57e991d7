package dev.triptych.vision.api;

import dev.triptych.vision.image.EncodedImage;
import dev.triptych.vision.image.ImageLimits;
import dev.triptych.vision.vit.VisionRequest;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.codec.multipart.FormFieldPart;
import org.springframework.http.codec.multipart.Part;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Reads the three ways in which a picture arrives: multipart part {@code image}, raw {@code image/*} body, JSON. Bytes
 * are counted while they arrive, and a body that stalls is given up.
 */
public final class ImageRequestReader {

    private static final String IMAGE = "image";

    /** What a body may hold beside the picture. */
    private static final int TEXT_ALLOWANCE = 64 * 1024;

    private static final Duration BODY_LIMIT = Duration.ofSeconds(60);

    private final ImageLimits limits;
    private final HeldBytes held;

    public ImageRequestReader(ImageLimits limits, HeldBytes held) {
        this.limits = limits;
        this.held = held;
    }

    /**
     * Answers a request, whose bytes count among those held until that is done. An error is a {@link
     * TriptychException.Rejected} that names the field, or {@link TriptychException.Overloaded} where too many are held.
     *
     * @param answer of the validated request
     */
    <T> Mono<T> answer(ServerWebExchange exchange, VisionEndpoint endpoint, Function<VisionRequest, Mono<T>> answer) {
        return Mono.using(held::share, share -> read(exchange, endpoint, share).flatMap(answer));
    }

    private Mono<VisionRequest> read(ServerWebExchange exchange, VisionEndpoint endpoint, HeldBytes.Share share) {
        RequestFields fields =
                RequestFields.ofQuery(endpoint, exchange.getRequest().getQueryParams());
        return body(exchange, fields, share)
                .timeout(
                        BODY_LIMIT,
                        Mono.error(() -> new TriptychException.Rejected(
                                ErrorCode.INVALID_REQUEST,
                                null,
                                "the body took more than " + BODY_LIMIT.toSeconds() + " s")));
    }

    private Mono<VisionRequest> body(ServerWebExchange exchange, RequestFields fields, HeldBytes.Share share) {
        ServerHttpRequest request = exchange.getRequest();
        MediaType type = contentType(request);
        if (type != null && MediaType.MULTIPART_FORM_DATA.isCompatibleWith(type)) {
            return counted(limits.maxBytes() + TEXT_ALLOWANCE)
                    .refuseByLength(request, share)
                    .then(Mono.defer(exchange::getMultipartData))
                    .flatMap(parts -> multipart(parts, fields, share))
                    .onErrorMap(DataBufferLimitException.class, e -> limits.tooManyBytes());
        }
        if (type != null && isImage(type)) {
            return body(request, limits.maxBytes(), share).map(fields::request);
        }
        if (type != null && isJson(type)) {
            return body(request, limits.maxBytes() / 3L * 4 + TEXT_ALLOWANCE, share)
                    .publishOn(Schedulers.boundedElastic())
                    .map(json -> JsonBody.request(json, fields, limits));
        }
        return Mono.error(new TriptychException.Rejected(
                ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                null,
                "send the picture as multipart part 'image', as an image/* body or as JSON, not as "
                        + (type == null ? "a body without Content-Type" : type)));
    }

    private static boolean isImage(MediaType type) {
        return type.getType().equals(IMAGE) || MediaType.APPLICATION_OCTET_STREAM.isCompatibleWith(type);
    }

    private static boolean isJson(MediaType type) {
        return MediaType.APPLICATION_JSON.isCompatibleWith(type)
                || type.getSubtype().endsWith("+json");
    }

    private Mono<byte[]> body(ServerHttpRequest request, long most, HeldBytes.Share share) {
        CountedBody counted = counted(most);
        return counted.refuseByLength(request, share).then(Mono.defer(() -> counted.bytes(request.getBody(), share)));
    }

    private CountedBody counted(long most) {
        return new CountedBody(most, limits::tooManyBytes);
    }

    private Mono<VisionRequest> multipart(
            MultiValueMap<String, Part> parts, RequestFields query, HeldBytes.Share share) {
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
            case Part file ->
                counted(limits.maxBytes()).bytes(file.content(), share).map(complete::request);
        };
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
