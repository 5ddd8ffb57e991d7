package dev.triptych.vision.vit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.vision.batching.RowOutputs;
import dev.triptych.vision.batching.RowOutputs.Array;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import dev.triptych.vision.model.VisionTask;
import dev.triptych.vision.vit.TokenAttention.Patches;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class DecidingTokensTest {

    private static final VisionTask.Segmentation MASK = new VisionTask.Segmentation(List.of("background", "flag"));
    private static final Size GRID = new Size(2, 1);

    /** Two patches side by side, each of two by two cells, behind a class token. */
    private static List<Double> ofMask(float... flagLogits) {
        float[] logits = new float[16];
        System.arraycopy(flagLogits, 0, logits, 8, 8);
        RowOutputs outputs = new RowOutputs(Map.of("logits", new Array(List.of(2, 2, 4), logits)));
        return DecidingTokens.of(outputs, MASK, GRID, 3, new Patches(1, 2));
    }

    @Test
    void patchesCountByHowMuchOfThemShowsTheLabel() {
        assertThat(ofMask(1, 1, 1, -1, 1, 1, -1, -1)).containsExactly(0.0, 0.8, 0.2);
    }

    @Test
    void whereNothingIsShownAllPatchesCount() {
        assertThat(ofMask(-1, -1, -1, -1, -1, -1, -1, -1)).containsExactly(0.0, 0.5, 0.5);
    }

    /** Five tokens: a class token, two patches and two queries; logits of two labels and "nothing". */
    private static List<Double> ofQueries(OptionalDouble suppression, float... logits) {
        RowOutputs outputs = new RowOutputs(Map.of(
                "logits", new Array(List.of(2, 3), logits),
                "pred_boxes", new Array(List.of(2, 4), new float[] {.5f, .5f, 1, 1, .5f, .5f, 1, 1})));
        VisionTask.Detection task = new VisionTask.Detection(List.of("a", "b"), 0.5, suppression);
        return DecidingTokens.of(outputs, task, GRID, 5, new Patches(1, 2));
    }

    @Test
    void queriesOfObjectsCountAlike() {
        assertThat(ofQueries(OptionalDouble.empty(), 9, 0, 0, 0, 5, 0)).containsExactly(0.0, 0.0, 0.0, 0.5, 0.5);
    }

    @Test
    void aQueryWhoseObjectIsDroppedDoesNotCount() {
        assertThat(ofQueries(OptionalDouble.of(0.5), 5, 0, 0, 0, 9, 0)).containsExactly(0.0, 0.0, 0.0, 0.0, 1.0);
    }

    @Test
    void withoutAnObjectTheBestQueryCounts() {
        assertThat(ofQueries(OptionalDouble.empty(), 0, 1, 9, 0, 0, 9)).containsExactly(0.0, 0.0, 0.0, 1.0, 0.0);
    }

    @Test
    void aClassifierDecidesByItsClassToken() {
        assertThat(DecidingTokens.of(
                        new RowOutputs(Map.of()),
                        new VisionTask.Classification(List.of("a")),
                        GRID,
                        3,
                        new Patches(1, 2)))
                .containsExactly(1.0, 0.0, 0.0);
    }
}
