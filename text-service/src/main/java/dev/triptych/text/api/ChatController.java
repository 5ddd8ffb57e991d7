package dev.triptych.text.api;

import dev.triptych.text.generation.ChatPrompt;
import dev.triptych.text.runtime.ChatEncoder;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.text.runtime.TextModels;
import dev.triptych.text.translation.ModelLookup;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebInputException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * OpenAI's {@code POST /v1/chat/completions}: the model's own template turns the conversation into a prompt, and from
 * there on it is a text completion with the fields of one.
 */
@RestController
class ChatController {

    private final TextModels models;
    private final CompletionController completions;
    private final ApiLimits limits;
    private final Scheduler workers;

    ChatController(TextModels models, CompletionController completions, ApiLimits limits, Scheduler workers) {
        this.models = models;
        this.completions = completions;
        this.limits = limits;
        this.workers = workers;
    }

    @PostMapping(path = "/v1/chat/completions", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<Object>> complete(@RequestBody JsonNode given, ServerWebExchange exchange) {
        if (!(given instanceof ObjectNode body)) {
            throw new ServerWebInputException("the body must be a JSON object");
        }
        return encoded(body).flatMap(completion -> completions.answer(completion, exchange, new ChatReply.Shape()));
    }

    /** The whole answer, whether or not the body asks for a stream. */
    Mono<Object> whole(ObjectNode body) {
        return encoded(body).flatMap(completion -> completions.whole(completion, new ChatReply.Shape()));
    }

    private Mono<CompletionBody> encoded(ObjectNode body) {
        String model = body.path("model").stringValue(null);
        TextGenerator generator = ModelLookup.ready(models, FieldRules.required(model, "model"));
        ChatEncoder chat = generator
                .chat()
                .orElseThrow(() -> FieldRules.invalid("model", "model \"" + model + "\" has no chat template"));
        Map<String, @Nullable Object> values = ChatFields.templateValues(body, limits);
        return Mono.fromCallable(() -> completion(body, chat.encode(values), generator))
                .subscribeOn(workers);
    }

    private static CompletionBody completion(ObjectNode body, ChatPrompt prompt, TextGenerator generator) {
        List<Integer> ids = switch (prompt) {
            case ChatPrompt.Encoded encoded -> encoded.tokenIds();
            case ChatPrompt.Refused refused ->
                throw FieldRules.invalid(
                        "messages", "the model's chat template does not take these messages: " + refused.message());
        };
        Prompt.checkLength(ids.size(), "messages", generator.limits());
        try {
            return ApiJson.mapper().treeToValue(ChatFields.completion(body, ids), CompletionBody.class);
        } catch (JacksonException e) {
            throw new ServerWebInputException("the body cannot be read", null, e);
        }
    }
}
