package dev.triptych.text.api;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebInputException;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The endpoints without HTTP, for offline work: the same bodies in, the same answers and errors out. What does not say
 * otherwise runs behind interactive requests. Subscribing starts, canceling cancels.
 */
@Component
public class OfflineEndpoints {

    private final CompletionController completions;
    private final ChatController chats;
    private final EmbeddingController embeddings;
    private final TranslationController translations;

    OfflineEndpoints(
            CompletionController completions,
            ChatController chats,
            EmbeddingController embeddings,
            TranslationController translations) {
        this.completions = completions;
        this.chats = chats;
        this.embeddings = embeddings;
        this.translations = translations;
    }

    /**
     * What {@code POST url} would answer; fails with a {@link TriptychException}.
     *
     * @param url the endpoint's path
     */
    public Mono<JsonNode> answer(String url, ObjectNode given) {
        return Mono.defer(() -> {
                    ObjectNode body = given.deepCopy();
                    refuseStream(body);
                    body.putIfAbsent("priority", body.stringNode("batch"));
                    return answerOf(url, body);
                })
                .map(reply -> (JsonNode) ApiJson.mapper().valueToTree(reply))
                .onErrorMap(OfflineEndpoints::known);
    }

    private Mono<?> answerOf(String url, ObjectNode body) {
        return switch (url) {
            case "/v1/completions" -> completions.whole(read(body, CompletionBody.class), ReplyShape.COMPLETION);
            case "/v1/chat/completions" -> chats.whole(body);
            case "/v1/embeddings" -> embeddings.embed(read(body, EmbeddingBody.class));
            case "/v1/translations" -> translations.whole(read(body, TranslationBody.class));
            default ->
                Mono.error(new TriptychException.Rejected(
                        ErrorCode.NOT_FOUND, "url", "there is no endpoint at " + url + " for offline work"));
        };
    }

    private static void refuseStream(ObjectNode body) {
        if (body.path("stream").asBoolean(false)) {
            throw FieldRules.invalid("stream", "stream must be false in offline work");
        }
    }

    private static <T> T read(ObjectNode body, Class<T> type) {
        try {
            return ApiJson.mapper().treeToValue(body, type);
        } catch (JacksonException e) {
            throw new ServerWebInputException("the body cannot be read", null, e);
        }
    }

    /** The same error that HTTP tells. */
    private static Throwable known(Throwable thrown) {
        if (thrown instanceof TriptychException) {
            return thrown;
        }
        ApiError error = ApiError.of(thrown);
        @Nullable Duration retryAfter = error.retryAfter();
        return switch (error.code().category()) {
            case USER -> new TriptychException.Rejected(error.code(), error.field(), error.message());
            case CAPACITY ->
                new TriptychException.Overloaded(
                        error.code(), retryAfter == null ? Duration.ofSeconds(1) : retryAfter, error.message());
            case EXTERNAL, INTERNAL -> new TriptychException.Failed(error.code(), error.message(), thrown);
        };
    }
}
