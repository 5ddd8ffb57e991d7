package dev.triptych.vision.api;

import dev.triptych.vision.vit.ImageAnalyzer;
import dev.triptych.vision.vit.PendingAnalysis;
import dev.triptych.vision.vit.ResultDrawer;
import dev.triptych.vision.vit.VisionRequest;
import dev.triptych.wire.VisionResult;
import java.util.Comparator;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * The endpoints for pictures: JSON, or with {@code Accept: image/png} the answer drawn onto the picture. A client that
 * goes away frees its place in the batch.
 */
@RestController
public final class VisionController {

    private static final List<MediaType> BOTH = List.of(MediaType.APPLICATION_JSON, MediaType.IMAGE_PNG);

    private final ImageRequestReader reader;
    private final ImageAnalyzer analyzer;
    private final ResultDrawer drawer;

    public VisionController(ImageRequestReader reader, ImageAnalyzer analyzer, ResultDrawer drawer) {
        this.reader = reader;
        this.analyzer = analyzer;
        this.drawer = drawer;
    }

    @PostMapping("/v1/vision/classifications")
    public Mono<VisionResult> classify(ServerWebExchange exchange) {
        return reader.answer(exchange, VisionEndpoint.CLASSIFICATIONS, this::result);
    }

    @PostMapping("/v1/vision/detections")
    public Mono<ResponseEntity<Object>> detect(ServerWebExchange exchange) {
        return answer(exchange, VisionEndpoint.DETECTIONS);
    }

    @PostMapping("/v1/vision/segmentations")
    public Mono<ResponseEntity<Object>> segment(ServerWebExchange exchange) {
        return answer(exchange, VisionEndpoint.SEGMENTATIONS);
    }

    @PostMapping("/v1/vision/attention")
    public Mono<ResponseEntity<Object>> attend(ServerWebExchange exchange) {
        return answer(exchange, VisionEndpoint.ATTENTION);
    }

    private Mono<ResponseEntity<Object>> answer(ServerWebExchange exchange, VisionEndpoint endpoint) {
        MediaType type = wanted(exchange);
        return reader.answer(
                        exchange, endpoint, request -> result(request).flatMap(result -> body(type, request, result)))
                .map(body -> ResponseEntity.ok().contentType(type).body(body));
    }

    private Mono<Object> body(MediaType type, VisionRequest request, VisionResult result) {
        return type.equals(MediaType.IMAGE_PNG)
                ? Mono.<Object>fromFuture(
                        () -> drawer.draw(request.image(), result).thenApply(png -> png))
                : Mono.just(result);
    }

    /** What the client would rather have; JSON where it does not care. */
    private static MediaType wanted(ServerWebExchange exchange) {
        List<MediaType> accepted = exchange.getRequest().getHeaders().getAccept();
        if (accepted.isEmpty()) {
            return MediaType.APPLICATION_JSON;
        }
        return accepted.stream()
                .sorted(Comparator.comparingDouble(MediaType::getQualityValue).reversed())
                .flatMap(range -> BOTH.stream().filter(range::includes))
                .findFirst()
                .orElseThrow(() -> new NotAcceptableStatusException(BOTH));
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
