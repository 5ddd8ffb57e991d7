package dev.triptych.vision.vit;

import dev.triptych.vision.batching.RowOutputs;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import dev.triptych.vision.model.AttentionGraph;
import dev.triptych.vision.model.LoadedModel;
import dev.triptych.vision.model.VisionTask;
import dev.triptych.wire.AttentionResult;
import dev.triptych.wire.ClassificationResult;
import dev.triptych.wire.DetectionResult;
import dev.triptych.wire.SegmentationResult;
import dev.triptych.wire.VisionResult;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

/**
 * What an answer is made of beside the graph's outputs: the picture's size, not its pixels.
 *
 * @param model of the options' task
 * @param width of the picture, in pixels
 * @param height likewise
 * @param input the size at which the model sees it
 */
record Answer(LoadedModel model, VisionOptions options, int width, int height, Size input) {

    /** @param abandoned whether nobody wants the answer any more */
    VisionResult of(RowOutputs outputs, BooleanSupplier abandoned) {
        String id = model.id();
        return switch (options) {
            case VisionOptions.Classification(int topK, double threshold) ->
                new ClassificationResult(
                        id,
                        width,
                        height,
                        ClassScores.best(
                                outputs.get(VisionTask.LOGITS).values(),
                                model.task().labels(),
                                topK,
                                threshold));
            case VisionOptions.Detection detection ->
                new DetectionResult(
                        id,
                        width,
                        height,
                        ObjectBoxes.find(outputs, (VisionTask.Detection) model.task(), detection, width, height));
            case VisionOptions.Segmentation segmentation ->
                new SegmentationResult(
                        id,
                        width,
                        height,
                        SegmentMasks.find(
                                outputs.get(VisionTask.LOGITS),
                                (VisionTask.Segmentation) model.task(),
                                segmentation,
                                width,
                                height,
                                abandoned));
            case VisionOptions.Attention(OptionalInt layer, OptionalInt head) -> attention(outputs, layer, head);
        };
    }

    private AttentionResult attention(RowOutputs outputs, OptionalInt layer, OptionalInt head) {
        AttentionGraph.Shape shape = model.attention().orElseThrow().shape();
        Size patches = shape.grid(input.width(), input.height());
        List<Integer> grid = List.of(patches.height(), patches.width());
        TokenAttention attention = TokenAttention.of(outputs, model.task(), patches);
        if (layer.isEmpty()) {
            List<Float> rollout = attention.rollout(shape.layers());
            return new AttentionResult(model.id(), width, height, grid, rollout, null);
        }
        List<AttentionResult.Head> heads = attention.heads(layer.getAsInt(), head);
        return new AttentionResult(model.id(), width, height, grid, null, heads);
    }
}
