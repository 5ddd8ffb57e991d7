package dev.triptych.vision.api;

import dev.triptych.vision.vit.ImageAnalyzer;
import dev.triptych.vision.vit.PendingAnalysis;
import dev.triptych.vision.vit.VisionRequest;
import dev.triptych.wire.VisionResult;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The endpoints for pictures. A client that goes away frees its place in the batch. */
@RestController
public final class VisionController {

    private final ImageRequestReader reader;
    private final ImageAnalyzer analyzer;

    public VisionController(ImageRequestReader reader, ImageAnalyzer analyzer) {
        this.reader = reader;
        this.analyzer = analyzer;
    }

    @PostMapping("/v1/vision/classifications")
    public Mono<VisionResult> classify(ServerWebExchange exchange) {
        return answer(exchange, VisionEndpoint.CLASSIFICATIONS);
    }

    @PostMapping("/v1/vision/detections")
    public Mono<VisionResult> detect(ServerWebExchange exchange) {
        return answer(exchange, VisionEndpoint.DETECTIONS);
    }

    @PostMapping("/v1/vision/segmentations")
    public Mono<VisionResult> segment(ServerWebExchange exchange) {
        return answer(exchange, VisionEndpoint.SEGMENTATIONS);
    }

    private Mono<VisionResult> answer(ServerWebExchange exchange, VisionEndpoint endpoint) {
        return reader.read(exchange, endpoint).flatMap(this::result);
    }

    private Mono<VisionResult> result(VisionRequest request) {
        return Mono.create(sink -> {
            PendingAnalysis pending = analyzer.submit(request);
            sink.onCancel(pending::cancel);
            pending.result().whenComplete((answer, error) -> {
                if (answer != null) {
                    sink.success(answer);
                } else if (error != null) {
                    sink.error(error);
                }
            });
        });
    }
}
