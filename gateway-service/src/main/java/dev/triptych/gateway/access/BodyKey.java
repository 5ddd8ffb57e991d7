package dev.triptych.gateway.access;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import dev.triptych.wire.WireJson;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * LibreTranslate's clients send their key as {@code api_key} in the body. Such a body has to be read before it is known
 * whether it may pass, so it is held whole; a long one has to come with {@code Authorization} instead.
 */
final class BodyKey {

    private static final String FIELD = "api_key";
    private static final Set<String> PATHS = Set.of("/translate", "/detect");
    private static final int MOST_BYTES = 256 * 1024;

    /**
     * A request that was read and can be read again.
     *
     * @param key {@code null}: there is none in it
     */
    record Read(@Nullable String key, ServerHttpRequest request) {}

    private BodyKey() {}

    static boolean mayHaveOne(ServerHttpRequest request) {
        return request.getMethod() == HttpMethod.POST
                && PATHS.contains(request.getPath().value())
                && (isForm(request) || isJson(request));
    }

    static Mono<Read> read(ServerHttpRequest request) {
        return DataBufferUtils.join(request.getBody(), MOST_BYTES)
                .map(BodyKey::bytes)
                .defaultIfEmpty(new byte[0])
                .onErrorMap(DataBufferLimitException.class, error -> tooLong())
                .map(body -> new Read(isForm(request) ? inForm(body) : inJson(body), new Again(request, body)));
    }

    private static TriptychException tooLong() {
        return new TriptychException.Rejected(
                ErrorCode.UNAUTHORIZED,
                FIELD,
                FIELD + " is looked for in bodies of at most " + MOST_BYTES
                        + " bytes; send the key as Authorization: Bearer with longer ones.");
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    private static @Nullable String inForm(byte[] body) {
        return Arrays.stream(new String(body, StandardCharsets.UTF_8).split("&"))
                .filter(pair -> pair.startsWith(FIELD + "="))
                .map(pair -> pair.substring(FIELD.length() + 1))
                .map(BodyKey::decode)
                .findFirst()
                .orElse(null);
    }

    private static String decode(String value) {
        try {
            return URLDecoder.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** A top-level string of that name. What is no JSON has none; the service says what is wrong with it. */
    private static @Nullable String inJson(byte[] body) {
        try (JsonParser parser = WireJson.mapper().createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean wanted = FIELD.equals(parser.currentName());
                JsonToken value = parser.nextToken();
                if (wanted && value == JsonToken.VALUE_STRING) {
                    return parser.getString();
                }
                parser.skipChildren();
            }
            return null;
        } catch (JacksonException e) {
            return null;
        }
    }

    private static boolean isForm(ServerHttpRequest request) {
        return MediaType.APPLICATION_FORM_URLENCODED.isCompatibleWith(type(request));
    }

    private static boolean isJson(ServerHttpRequest request) {
        return MediaType.APPLICATION_JSON.isCompatibleWith(type(request));
    }

    private static @Nullable MediaType type(ServerHttpRequest request) {
        return request.getHeaders().getContentType();
    }

    private static final class Again extends ServerHttpRequestDecorator {

        private final byte[] body;

        Again(ServerHttpRequest request, byte[] body) {
            super(request);
            this.body = body;
        }

        @Override
        public Flux<DataBuffer> getBody() {
            return Flux.defer(() -> Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(body)));
        }
    }
}
