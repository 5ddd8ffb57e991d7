package dev.triptych.vision.vit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.wire.ClassificationResult.Label;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassScoresTest {

    private static final List<String> LABELS = List.of("a", "b", "c", "d");

    @Test
    void theBestComeFirstAndEqualsInOrderOfTheirIndex() {
        List<Label> best = ClassScores.best(new float[] {1, 3, 3, 2}, LABELS, 3, 0);
        assertThat(best).extracting(Label::label).containsExactly("b", "c", "d");
    }

    @Test
    void scoresAreProbabilities() {
        List<Label> all = ClassScores.best(new float[] {800, 801, -3000, 799}, LABELS, 1000, 0);
        assertThat(all).hasSize(4);
        assertThat(all.stream().mapToDouble(Label::score).sum()).isCloseTo(1, within(1e-12));
        assertThat(all.getFirst().score()).isCloseTo(1 / (1 + Math.exp(-1) + Math.exp(-2)), within(1e-9));
    }

    @Test
    void theThresholdLeavesOutTheUnlikely() {
        assertThat(ClassScores.best(new float[] {5, 0, 0, 0}, LABELS, 4, 0.5))
                .extracting(Label::label)
                .containsExactly("a");
        assertThat(ClassScores.best(new float[] {0, 0, 0, 0}, LABELS, 4, 0.5)).isEmpty();
    }
}
