package dev.triptych.vision.api;

import dev.triptych.inference.InferenceQueue;
import dev.triptych.inference.SinglePassGraph;
import dev.triptych.vision.image.ImageLimits;
import dev.triptych.vision.model.VisionModels;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import dev.triptych.wire.inference.GraphMetadata;
import dev.triptych.wire.inference.InferBody;
import dev.triptych.wire.inference.ModelReady;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The Open Inference Protocol v2 for the bare graphs of this service: pixels in, logits and boxes out. */
@RestController
public final class InferenceController {

    private final VisionModels models;
    private final InferenceQueue queue;
    private final HeldBytes held;
    private final Duration deadline;
    private final CountedBody body;

    /**
     * @param limits a body may have as many bytes as a picture
     * @param deadline for reading the body, and again for the answer
     */
    public InferenceController(
            VisionModels models, InferenceQueue queue, ImageLimits limits, HeldBytes held, Duration deadline) {
        this.models = models;
        this.queue = queue;
        this.held = held;
        this.deadline = deadline;
        this.body = new CountedBody(
                limits.maxBytes(),
                () -> new TriptychException.Rejected(
                        ErrorCode.TOO_LARGE, null, "the body may have " + limits.maxBytes() + " bytes"));
    }

    @GetMapping("/v2/models/{model}")
    public GraphMetadata metadata(@PathVariable String model) {
        return models.serving(model).graph().metadata();
    }

    @GetMapping("/v2/models/{model}/ready")
    public ModelReady ready(@PathVariable String model) {
        return new ModelReady(models.serving(model).id(), true);
    }

    @PostMapping("/v2/models/{model}/infer")
    public Mono<ResponseEntity<byte[]>> infer(@PathVariable String model, ServerWebExchange exchange) {
        SinglePassGraph graph = models.serving(model).graph();
        ServerHttpRequest request = exchange.getRequest();
        return Mono.using(held::share, share -> infer(graph, request, share));
    }

    private Mono<ResponseEntity<byte[]>> infer(
            SinglePassGraph graph, ServerHttpRequest request, HeldBytes.Share share) {
        String jsonLength = request.getHeaders().getFirst(InferBody.LENGTH_HEADER);
        return body.refuseByLength(request, share)
                .then(Mono.defer(() -> body.bytes(request.getBody(), share)))
                .timeout(
                        deadline,
                        Mono.error(() -> new TriptychException.Rejected(
                                ErrorCode.INVALID_REQUEST,
                                null,
                                "the body took more than " + deadline.toSeconds() + " s")))
                .flatMap(bytes -> Mono.fromFuture(() -> queue.submit(() -> graph.answer(bytes, jsonLength)))
                        .timeout(
                                deadline,
                                Mono.error(() -> new TriptychException.Failed(
                                        ErrorCode.DEADLINE_EXCEEDED,
                                        "the graph did not answer within " + deadline.toSeconds() + " s",
                                        null))))
                .map(InferenceController::response);
    }

    private static ResponseEntity<byte[]> response(InferBody body) {
        ResponseEntity.BodyBuilder response = ResponseEntity.ok().header(HttpHeaders.CONTENT_TYPE, body.contentType());
        body.jsonLength().ifPresent(length -> response.header(InferBody.LENGTH_HEADER, Integer.toString(length)));
        return response.body(body.bytes());
    }
}
