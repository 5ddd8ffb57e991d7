package dev.triptych.tensor.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.ShapeMismatchException;
import dev.triptych.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaddingMaskTest {

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyRowAttendsToExactlyItsOwnTokens(long seed) {
        Random random = new Random(seed);
        int width = 1 + random.nextInt(40);
        int[] lengths = random.ints(1 + random.nextInt(20), 0, width + 1).toArray();
        Tensor mask = Tensor.allocate(Arena.ofAuto(), DType.INT64, Shape.of(lengths.length, width));
        for (long i = 0; i < mask.shape().elementCount(); i++) {
            mask.setLong(i, 7);
        }
        PaddingMask.write(mask, lengths);
        for (int row = 0; row < lengths.length; row++) {
            for (int position = 0; position < width; position++) {
                assertThat(mask.getLong((long) row * width + position)).isEqualTo(position < lengths[row] ? 1 : 0);
            }
        }
        PaddingMask.writeLeft(mask, lengths);
        for (int row = 0; row < lengths.length; row++) {
            for (int position = 0; position < width; position++) {
                assertThat(mask.getLong((long) row * width + position))
                        .isEqualTo(position >= width - lengths[row] ? 1 : 0);
            }
        }
    }

    @Test
    void aRowLongerThanTheMaskIsRefused() {
        Tensor mask = Tensor.allocate(Arena.ofAuto(), DType.INT64, Shape.of(1, 3));
        assertThatThrownBy(() -> PaddingMask.write(mask, new int[] {4})).isInstanceOf(ShapeMismatchException.class);
        assertThatThrownBy(() -> PaddingMask.write(mask, new int[] {1, 1})).isInstanceOf(ShapeMismatchException.class);
    }
}
