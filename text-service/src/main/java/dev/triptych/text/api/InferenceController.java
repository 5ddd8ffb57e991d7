package dev.triptych.text.api;

import dev.triptych.inference.InferenceQueue;
import dev.triptych.inference.SinglePassGraph;
import dev.triptych.text.runtime.TextEmbedder;
import dev.triptych.text.runtime.TextModels;
import dev.triptych.text.translation.ModelLookup;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import dev.triptych.wire.inference.GraphMetadata;
import dev.triptych.wire.inference.GraphMetadata.Slot;
import dev.triptych.wire.inference.InferBody;
import dev.triptych.wire.inference.ModelReady;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The Open Inference Protocol v2 for the models of this service: their bare graphs where these answer in one run. */
@RestController
class InferenceController {

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /** What {@code generate} takes and gives, in the protocol's terms. */
    private static final List<Slot> TEXT_IN = List.of(new Slot("text_input", "BYTES", List.of(1L)));

    private static final List<Slot> TEXT_OUT = List.of(new Slot("text_output", "BYTES", List.of(1L)));

    private final TextModels models;
    private final InferenceQueue queue;

    InferenceController(TextModels models, InferenceQueue queue) {
        this.models = models;
        this.queue = queue;
    }

    @GetMapping("/v2/models/{model}")
    GraphMetadata metadata(@PathVariable String model) {
        Optional<TextEmbedder> embedder = models.embedder(model);
        if (embedder.isPresent()) {
            return embedder.get().graph().metadata();
        }
        ModelLookup.ready(models, model);
        return new GraphMetadata(model, "triptych_generate", TEXT_IN, TEXT_OUT);
    }

    @GetMapping("/v2/models/{model}/ready")
    ModelReady ready(@PathVariable String model) {
        if (models.embedder(model).isEmpty()) {
            ModelLookup.ready(models, model);
        }
        return new ModelReady(model, true);
    }

    @PostMapping("/v2/models/{model}/infer")
    Mono<ResponseEntity<byte[]>> infer(
            @PathVariable String model,
            @RequestBody(required = false) byte @Nullable [] body,
            @RequestHeader(name = InferBody.LENGTH_HEADER, required = false) @Nullable String jsonLength) {
        SinglePassGraph graph = graph(model);
        byte[] given = body == null ? new byte[0] : body;
        return Mono.fromFuture(() -> queue.submit(() -> graph.answer(given, jsonLength)))
                .timeout(
                        DEADLINE,
                        Mono.error(() -> new TriptychException.Failed(
                                ErrorCode.DEADLINE_EXCEEDED,
                                "the graph did not answer within " + DEADLINE.toSeconds() + " s",
                                null)))
                .map(InferenceController::response);
    }

    private SinglePassGraph graph(String model) {
        Optional<TextEmbedder> embedder = models.embedder(model);
        if (embedder.isEmpty() && models.ready(model).isPresent()) {
            throw FieldRules.invalid(
                    "model",
                    "model \"" + model + "\" generates step by step and has no graph that answers in one run; use"
                            + " /v2/models/" + model + "/generate");
        }
        return embedder.orElseGet(() -> ModelLookup.embedder(models, model)).graph();
    }

    private static ResponseEntity<byte[]> response(InferBody body) {
        ResponseEntity.BodyBuilder response = ResponseEntity.ok().header(HttpHeaders.CONTENT_TYPE, body.contentType());
        body.jsonLength().ifPresent(length -> response.header(InferBody.LENGTH_HEADER, Integer.toString(length)));
        return response.body(body.bytes());
    }
}
