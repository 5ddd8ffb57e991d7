package dev.triptych.vision.vit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.vision.batching.RowOutputs.Array;
import dev.triptych.vision.model.VisionTask;
import dev.triptych.wire.SegmentationResult.Segment;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class SegmentMasksTest {

    /** One row of two cells: background left, flag right. */
    private static final Array HALVES = new Array(List.of(2, 1, 2), new float[] {3, -3, -3, 3});

    private static List<Segment> find(Array logits, List<String> labels, int width, int height, double threshold) {
        return SegmentMasks.find(
                logits,
                new VisionTask.Segmentation(labels),
                new VisionOptions.Segmentation(1000, threshold),
                width,
                height,
                () -> false);
    }

    @Test
    void labelsMeetInTheMiddleAndTheLowerOneWinsThere() {
        List<Segment> segments = find(HALVES, List.of("sky", "sea"), 5, 2, 0);
        assertThat(segments).extracting(Segment::label).containsExactly("sky", "sea");
        assertThat(segments).extracting(Segment::area).containsExactly(6L, 4L);
        assertThat(segments.get(0).mask().counts()).isEqualTo("064");
        assertThat(segments.get(1).mask().counts()).isEqualTo("64");
        assertThat(segments.get(1).mask().size()).containsExactly(2, 5);
    }

    @Test
    void theBackgroundOfAModelOfOneThingIsNotNamed() {
        assertThat(find(HALVES, List.of("background", "flag"), 4, 4, 0))
                .singleElement()
                .satisfies(segment -> assertThat(segment.label()).isEqualTo("flag"));
    }

    @Test
    void theScoreIsTheMeanProbabilityOfTheCells() {
        double share = 1 / (1 + Math.exp(-6));
        Segment flag = find(HALVES, List.of("background", "flag"), 4, 4, 0).getFirst();
        assertThat(flag.score()).isCloseTo(share, within(1e-6));
        assertThat(find(HALVES, List.of("background", "flag"), 4, 4, share - 1e-4))
                .hasSize(1);
        assertThat(find(HALVES, List.of("background", "flag"), 4, 4, share + 1e-4))
                .isEmpty();
    }

    @Test
    void nobodyWaitsForAnAnswerThatNobodyWants() {
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> SegmentMasks.find(
                        HALVES,
                        new VisionTask.Segmentation(List.of("a", "b")),
                        new VisionOptions.Segmentation(1, 0),
                        4,
                        4,
                        () -> true));
    }
}
