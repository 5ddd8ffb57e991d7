package dev.triptych.vision.vit;

import dev.triptych.tensor.math.Logits;
import dev.triptych.vision.batching.RowOutputs;
import dev.triptych.vision.batching.RowOutputs.Array;
import dev.triptych.vision.model.VisionTask;
import dev.triptych.wire.DetectionResult.Box;
import dev.triptych.wire.DetectionResult.DetectedObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** From a detector's queries to named boxes, as Hugging Face's {@code post_process_object_detection} makes them. */
final class ObjectBoxes {

    private ObjectBoxes() {}

    /** A query's best label with its box in pixels. */
    private record Candidate(int query, int label, double score, Box box) {}

    /**
     * The objects of a picture, best first.
     *
     * <p>A query's scores are the softmax over all columns, of which the last means that there is no object; its label is
     * the best of the others. Where the model says so, boxes that overlap a better one are dropped, whatever their labels.
     *
     * @param outputs {@code logits} float32 {@code [queries, labels + 1]} and {@code pred_boxes} float32 {@code
     *     [queries, 4]}: center x, center y, width, height in shares of the picture
     * @param width of the picture in pixels
     * @param height likewise
     */
    static List<DetectedObject> find(
            RowOutputs outputs, VisionTask.Detection task, VisionOptions.Detection options, int width, int height) {
        double threshold = options.threshold().orElse(task.threshold());
        return kept(outputs, task, threshold, width, height).stream()
                .limit(options.topK())
                .map(object -> new DetectedObject(task.labels().get(object.label()), object.score(), object.box()))
                .toList();
    }

    /**
     * The queries of the objects that a request without a threshold is answered with, best first; where there are none
     * the query that comes closest.
     */
    static List<Integer> queries(RowOutputs outputs, VisionTask.Detection task) {
        List<Candidate> objects = kept(outputs, task, task.threshold(), 1, 1);
        if (objects.isEmpty()) {
            objects = kept(outputs, task, -1, 1, 1).subList(0, 1);
        }
        return objects.stream().map(Candidate::query).toList();
    }

    private static List<Candidate> kept(
            RowOutputs outputs, VisionTask.Detection task, double threshold, int width, int height) {
        List<Candidate> candidates = new ArrayList<>();
        Array logits = outputs.get(VisionTask.LOGITS);
        float[] boxes = outputs.get(VisionTask.BOXES).values();
        int columns = logits.dim(1);
        for (int query = 0; query < logits.dim(0); query++) {
            float[] row = Arrays.copyOfRange(logits.values(), query * columns, (query + 1) * columns);
            int label = Logits.argMax(row, 0, columns - 1);
            double score = Math.min(Logits.softmax(row)[label], 1.0);
            if (score > threshold) {
                candidates.add(new Candidate(query, label, score, box(boxes, query, width, height)));
            }
        }
        candidates.sort(Comparator.comparingDouble(Candidate::score).reversed());
        return task.suppressionIou().isPresent()
                ? suppressed(candidates, task.suppressionIou().getAsDouble())
                : candidates;
    }

    private static Box box(float[] boxes, int query, int width, int height) {
        double x = boxes[query * 4];
        double y = boxes[query * 4 + 1];
        double halfWidth = boxes[query * 4 + 2] / 2.0;
        double halfHeight = boxes[query * 4 + 3] / 2.0;
        return new Box(
                (x - halfWidth) * width, (y - halfHeight) * height, (x + halfWidth) * width, (y + halfHeight) * height);
    }

    /** Greedy non-maximum suppression over all labels together; {@code candidates} come best first. */
    private static List<Candidate> suppressed(List<Candidate> candidates, double most) {
        List<Candidate> kept = new ArrayList<>();
        for (Candidate candidate : candidates) {
            if (kept.stream().noneMatch(better -> overlap(better.box(), candidate.box()) > most)) {
                kept.add(candidate);
            }
        }
        return kept;
    }

    /** Intersection over union, from 0 to 1; boxes without area overlap nothing. */
    private static double overlap(Box a, Box b) {
        double width = Math.min(a.xmax(), b.xmax()) - Math.max(a.xmin(), b.xmin());
        double height = Math.min(a.ymax(), b.ymax()) - Math.max(a.ymin(), b.ymin());
        if (width <= 0 || height <= 0) {
            return 0;
        }
        double intersection = width * height;
        return intersection / (area(a) + area(b) - intersection);
    }

    private static double area(Box box) {
        return (box.xmax() - box.xmin()) * (box.ymax() - box.ymin());
    }
}
