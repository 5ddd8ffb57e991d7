package dev.triptych.vision.model;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.triptych.vision.image.PreprocessingSettings.Size;
import dev.triptych.wire.TriptychException;
import org.junit.jupiter.api.Test;

class AttentionGraphTest {

    /** The shape of the flag classifier. */
    private static final AttentionGraph.Shape SHAPE = new AttentionGraph.Shape(8, 4, 16, true);

    @Test
    void attentionsThatFillTheirMemoryAreGiven() {
        // 1,024 tokens in 8 layers of 4 heads are 32 Mi numbers: not one more would be given.
        assertThatNoException().isThrownBy(() -> SHAPE.checkWeights(8, new Size(33, 31)));
        assertThatNoException().isThrownBy(() -> SHAPE.checkWeights(1, SHAPE.grid(848, 848)));
    }

    @Test
    void moreThanThatNamesTheBoundAndTheWayOut() {
        assertThatExceptionOfType(TriptychException.Rejected.class)
                .isThrownBy(() -> SHAPE.checkWeights(8, new Size(32, 32)))
                .withMessageContaining("32x32 patches in 8 layers of 4 heads is 33620000 numbers, at most 33554432")
                .withMessageContaining("one layer or a smaller size")
                .satisfies(e ->
                        org.assertj.core.api.Assertions.assertThat(e.field()).isEqualTo("size"));
        assertThatExceptionOfType(TriptychException.Rejected.class)
                .isThrownBy(() -> SHAPE.checkWeights(1, SHAPE.grid(864, 864)));
    }
}
