package dev.triptych.tensor.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FastLogitsTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 511, 512, 513, 8000, 16001})
    void agreesWithTheScalarForm(int size) {
        for (long seed = 1; seed <= 5; seed++) {
            Random random = new Random(seed);
            float spread = 1 + random.nextInt(40);
            float[] row = new float[size];
            for (int i = 0; i < size; i++) {
                row[i] = (float) random.nextGaussian() * spread;
            }
            int best = FastLogits.argMax(row, size);
            assertThat(best).as("seed %d", seed).isEqualTo(Logits.argMax(row, 0, size));
            assertThat(FastLogits.logSumExp(row, size, row[best], new float[size]))
                    .as("seed %d", seed)
                    .isCloseTo(Logits.logSumExp(row, 0, size), Offset.offset(1e-4));
        }
    }

    @Test
    void equalScoresGiveTheLowestIndex() {
        float[] row = new float[2000];
        row[700] = row[1300] = row[701] = 3;
        assertThat(FastLogits.argMax(row, row.length)).isEqualTo(700);
    }

    @Test
    void valuesBeyondTheSizeDoNotCount() {
        float[] row = {1, 2, 9};
        assertThat(FastLogits.argMax(row, 2)).isEqualTo(1);
        assertThat(FastLogits.logSumExp(row, 2, 2, new float[2]))
                .isCloseTo(Math.log(Math.E + Math.exp(2)), Offset.offset(1e-5));
    }

    @Test
    void impossibleTokensAddNothing() {
        float[] row = {0, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY};
        assertThat(FastLogits.argMax(row, 3)).isZero();
        assertThat(FastLogits.logSumExp(row, 3, 0, new float[3])).isCloseTo(0, Offset.offset(1e-9));
    }

    @Test
    void notANumberIsReported() {
        assertThat(FastLogits.argMax(new float[] {1, Float.NaN, 2}, 3)).isEqualTo(-1);
    }
}
