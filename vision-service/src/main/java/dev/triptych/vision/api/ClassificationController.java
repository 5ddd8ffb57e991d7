package dev.triptych.vision.api;

import dev.triptych.vision.vit.ClassificationRequest;
import dev.triptych.vision.vit.ImageClassifier;
import dev.triptych.vision.vit.PendingClassification;
import dev.triptych.wire.ClassificationResult;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** {@code POST /v1/vision/classifications}. A client that goes away frees its place in the batch. */
@RestController
public final class ClassificationController {

    private final ClassificationRequestReader reader;
    private final ImageClassifier classifier;

    public ClassificationController(ClassificationRequestReader reader, ImageClassifier classifier) {
        this.reader = reader;
        this.classifier = classifier;
    }

    @PostMapping("/v1/vision/classifications")
    public Mono<ClassificationResult> classify(ServerWebExchange exchange) {
        return reader.read(exchange).flatMap(this::result);
    }

    private Mono<ClassificationResult> result(ClassificationRequest request) {
        return Mono.create(sink -> {
            PendingClassification pending = classifier.submit(request);
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
