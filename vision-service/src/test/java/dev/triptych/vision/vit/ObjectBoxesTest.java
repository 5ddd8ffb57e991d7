package dev.triptych.vision.vit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.vision.batching.RowOutputs;
import dev.triptych.vision.model.VisionTask;
import dev.triptych.wire.DetectionResult.DetectedObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ObjectBoxesTest {

    private static final List<String> LABELS = List.of("cat", "dog");

    /** Queries as label, logit over the others, and box. */
    private final List<float[]> logits = new ArrayList<>();

    private final List<float[]> boxes = new ArrayList<>();

    private void query(int label, double logit, double x, double y, double width, double height) {
        float[] row = new float[3];
        row[label] = (float) logit;
        logits.add(row);
        boxes.add(new float[] {(float) x, (float) y, (float) width, (float) height});
    }

    private List<DetectedObject> find(OptionalDouble suppressionIou, OptionalDouble threshold, int topK) {
        RowOutputs outputs = new RowOutputs(Map.of("logits", array(logits), "pred_boxes", array(boxes)));
        return ObjectBoxes.find(
                outputs,
                new VisionTask.Detection(LABELS, 0.4, suppressionIou),
                new VisionOptions.Detection(topK, threshold),
                200,
                100);
    }

    private static RowOutputs.Array array(List<float[]> rows) {
        int columns = rows.getFirst().length;
        float[] values = new float[rows.size() * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = rows.get(i / columns)[i % columns];
        }
        return new RowOutputs.Array(List.of(rows.size(), columns), values);
    }

    @Test
    void boxesAreInPixelsAndScoresCountTheEmptyColumn() {
        query(1, 2, 0.5, 0.5, 0.2, 0.4);
        DetectedObject found =
                find(OptionalDouble.empty(), OptionalDouble.empty(), 10).getFirst();
        assertThat(found.label()).isEqualTo("dog");
        assertThat(found.score()).isCloseTo(Math.exp(2) / (Math.exp(2) + 2), within(1e-9));
        assertThat(found.box().xmin()).isCloseTo(80, within(1e-4));
        assertThat(found.box().ymin()).isCloseTo(30, within(1e-4));
        assertThat(found.box().xmax()).isCloseTo(120, within(1e-4));
        assertThat(found.box().ymax()).isCloseTo(70, within(1e-4));
    }

    @Test
    void theBestComeFirstAndThoseAtOrUnderTheThresholdAreLeftOut() {
        query(0, 1, 0.5, 0.5, 0.1, 0.1);
        query(2, 5, 0.5, 0.5, 0.1, 0.1);
        query(1, 3, 0.5, 0.5, 0.1, 0.1);
        assertThat(find(OptionalDouble.empty(), OptionalDouble.empty(), 10))
                .extracting(DetectedObject::label)
                .containsExactly("dog", "cat");
        double best = Math.exp(3) / (Math.exp(3) + 2);
        assertThat(find(OptionalDouble.empty(), OptionalDouble.of(best + 1e-9), 10))
                .isEmpty();
        assertThat(find(OptionalDouble.empty(), OptionalDouble.of(best - 1e-6), 10))
                .hasSize(1);
        assertThat(find(OptionalDouble.empty(), OptionalDouble.of(0), 10)).hasSize(3);
        assertThat(find(OptionalDouble.empty(), OptionalDouble.of(0), 1)).hasSize(1);
    }

    /** The second overlaps the first by 9/11, the third by 1/3. */
    @Test
    void suppressionDropsWhatOverlapsABetterBoxWhateverItsLabel() {
        query(0, 5, 0.50, 0.5, 0.2, 0.2);
        query(1, 4, 0.52, 0.5, 0.2, 0.2);
        query(0, 3, 0.60, 0.5, 0.2, 0.2);
        assertThat(find(OptionalDouble.empty(), OptionalDouble.empty(), 10)).hasSize(3);
        assertThat(find(OptionalDouble.of(0.5), OptionalDouble.empty(), 10))
                .extracting(DetectedObject::label)
                .containsExactly("cat", "cat");
        assertThat(find(OptionalDouble.of(0.3), OptionalDouble.empty(), 10)).hasSize(1);
        assertThat(find(OptionalDouble.of(0.81), OptionalDouble.empty(), 10)).hasSize(2);
        assertThat(find(OptionalDouble.of(0.82), OptionalDouble.empty(), 10)).hasSize(3);
    }
}
