package dev.triptych.vision.job;

import dev.triptych.vision.image.EncodedImage;
import dev.triptych.vision.image.ImageLimits;
import dev.triptych.vision.vit.ImageAnalyzer;
import dev.triptych.vision.vit.PendingAnalysis;
import dev.triptych.vision.vit.VisionOptions;
import dev.triptych.vision.vit.VisionRequest;
import dev.triptych.wire.AttentionResult;
import dev.triptych.wire.ChainItem;
import dev.triptych.wire.ChainStep;
import dev.triptych.wire.ClassificationItem;
import dev.triptych.wire.ClassificationResult;
import dev.triptych.wire.DetectionItem;
import dev.triptych.wire.DetectionResult;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.SegmentationItem;
import dev.triptych.wire.SegmentationResult;
import dev.triptych.wire.TriptychException;
import dev.triptych.wire.VisionResult;
import dev.triptych.worker.ItemAttempt;
import dev.triptych.worker.ItemAttempt.Running;
import dev.triptych.worker.ItemOutcome;
import dev.triptych.worker.ItemReader;
import io.cloudevents.CloudEvent;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** The items of {@code triptych.vision.requests}: pictures to classify, detect in, or segment. */
public final class VisionItems implements ItemReader {

    private static final List<String> TYPES = List.of(EventTypes.CLASSIFY, EventTypes.DETECT, EventTypes.SEGMENT);

    private final ImageAnalyzer analyzer;
    private final ImageLimits limits;

    public VisionItems(ImageAnalyzer analyzer, ImageLimits limits) {
        this.analyzer = analyzer;
        this.limits = limits;
    }

    @Override
    public ItemAttempt attempt(CloudEvent event) {
        VisionRequest request = prioritized(request(event), event);
        return () -> analyze(request);
    }

    private static VisionRequest prioritized(VisionRequest request, CloudEvent event) {
        return ItemEvents.interactive(event) ? request : request.offline();
    }

    private VisionRequest request(CloudEvent event) {
        return switch (event.getType()) {
            case EventTypes.CLASSIFY -> {
                ClassificationItem item = ItemEvents.payload(event, ClassificationItem.class);
                int topK = orElse(item.topK(), VisionOptions.Classification.DEFAULT_TOP_K);
                yield request(item.model(), item.image(), new VisionOptions.Classification(topK, 0));
            }
            case EventTypes.DETECT -> {
                DetectionItem item = ItemEvents.payload(event, DetectionItem.class);
                Double threshold = item.threshold();
                yield request(
                        item.model(),
                        item.image(),
                        new VisionOptions.Detection(
                                orElse(item.topK(), VisionOptions.MAX_TOP_K),
                                threshold == null ? OptionalDouble.empty() : OptionalDouble.of(threshold)));
            }
            case EventTypes.SEGMENT -> {
                SegmentationItem item = ItemEvents.payload(event, SegmentationItem.class);
                Double threshold = item.threshold();
                yield request(
                        item.model(),
                        item.image(),
                        new VisionOptions.Segmentation(
                                orElse(item.topK(), VisionOptions.MAX_TOP_K), threshold == null ? 0 : threshold));
            }
            default ->
                throw new TriptychException.Rejected(
                        ErrorCode.INVALID_FIELD,
                        "ce_type",
                        "ce_type must be one of " + TYPES + ", got '" + event.getType() + "'");
        };
    }

    private VisionRequest request(@Nullable String model, String image, VisionOptions options) {
        return new VisionRequest(model, EncodedImage.bytes(image, limits), options);
    }

    private static int orElse(@Nullable Integer value, int otherwise) {
        return value == null ? otherwise : value;
    }

    @Override
    public Step step(ChainStep step, ChainItem item) {
        int topK = orElse(step.topK(), VisionOptions.Classification.DEFAULT_TOP_K);
        VisionRequest request = request(step.model(), item.requireImage(), new VisionOptions.Classification(topK, 0))
                .offline();
        return () -> {
            PendingAnalysis pending = analyzer.submit(request);
            return new RunningStep(
                    pending.result().thenApply(result -> LabelHop.of((ClassificationResult) result)), pending::cancel);
        };
    }

    private Running analyze(VisionRequest request) {
        PendingAnalysis pending = analyzer.submit(request);
        return new Running(
                pending.result().thenApply(result -> new ItemOutcome.Answered(result.model(), type(result), result)),
                pending::cancel);
    }

    private static String type(VisionResult result) {
        return switch (result) {
            case ClassificationResult ignored -> EventTypes.CLASSIFIED;
            case DetectionResult ignored -> EventTypes.DETECTED;
            case SegmentationResult ignored -> EventTypes.SEGMENTED;
            case AttentionResult ignored -> throw new IllegalStateException("no item asks for attention");
        };
    }
}
