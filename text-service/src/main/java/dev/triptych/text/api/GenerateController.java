package dev.triptych.text.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebInputException;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.ObjectNode;

/** The Open Inference Protocol's {@code generate}: a completion of one prompt under other names. */
@RestController
class GenerateController {

    /** Fields of a completion that have no place here: the protocol has its own, or its answer has one text. */
    private static final Set<String> ELSEWHERE =
            Set.of("model", "prompt", "stream", "stream_options", "return_token_ids", "n", "logprobs");

    private static final String DETAILS = "details";

    private final CompletionController completions;

    GenerateController(CompletionController completions) {
        this.completions = completions;
    }

    @PostMapping(path = "/v2/models/{model}/generate", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Object> generate(@PathVariable String model, @RequestBody GenerateBody body) {
        return completions.whole(completion(model, body, false), shape(body));
    }

    @PostMapping(path = "/v2/models/{model}/generate_stream", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<Object>> stream(
            @PathVariable String model, @RequestBody GenerateBody body, ServerWebExchange exchange) {
        return completions.answer(completion(model, body, true), exchange, shape(body));
    }

    private static GenerateReply.Shape shape(GenerateBody body) {
        return new GenerateReply.Shape(body.id(), wantsDetails(body));
    }

    private static boolean wantsDetails(GenerateBody body) {
        return new FieldReader(parameters(body), "parameters.").flag(DETAILS);
    }

    private static Map<String, JsonNode> parameters(GenerateBody body) {
        return body.parameters() == null ? Map.of() : body.parameters();
    }

    private static CompletionBody completion(String model, GenerateBody body, boolean stream) {
        JsonNode text = FieldRules.required(body.textInput(), "text_input");
        if (!text.isString()) {
            throw FieldRules.invalid("text_input", "text_input must be a string, got " + FieldReader.shortened(text));
        }
        Map<String, JsonNode> fields = new LinkedHashMap<>(parameters(body));
        fields.remove(DETAILS);
        for (String name : fields.keySet()) {
            if (ELSEWHERE.contains(name)) {
                throw FieldRules.invalid("parameters." + name, "parameters." + name + " must be absent here");
            }
        }
        ObjectNode completion = ApiJson.mapper().createObjectNode();
        completion.setAll(fields);
        completion.put("model", model).set("prompt", text);
        completion.set("stream", BooleanNode.valueOf(stream));
        if (wantsDetails(body)) {
            completion.set("return_token_ids", BooleanNode.TRUE);
            completion.set("logprobs", IntNode.valueOf(0));
        }
        try {
            return ApiJson.mapper().treeToValue(completion, CompletionBody.class);
        } catch (JacksonException e) {
            throw new ServerWebInputException("the body cannot be read", null, e);
        }
    }
}
