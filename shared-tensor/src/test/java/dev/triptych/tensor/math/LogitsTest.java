package dev.triptych.tensor.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogitsTest {

    @Test
    void theFirstOfEqualsWins() {
        assertThat(Logits.argMax(new float[] {9, 1, 3, 3}, 1, 3)).isEqualTo(1);
    }

    @Test
    void notANumberNeverWins() {
        assertThat(Logits.argMax(new float[] {Float.NaN, -5, Float.NaN}, 0, 3)).isEqualTo(1);
        assertThat(Logits.argMax(new float[] {-5, Float.NaN, -4}, 0, 3)).isEqualTo(2);
    }

    @Test
    void anEmptyRowHasNoMaximum() {
        assertThatThrownBy(() -> Logits.argMax(new float[0], 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void hugeLogitsDoNotOverflow() {
        double logSum = Logits.logSumExp(new float[] {1e30f, 1e30f}, 0, 2);
        assertThat(logSum).isEqualTo(1e30f, within(1e23));
        assertThat(Logits.softmax(new float[] {1000, 1000, 0}))
                .containsExactly(new double[] {0.5, 0.5, 0}, within(1e-12));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12, 13, 14, 15})
    void softmaxAgreesWithExactArithmetic(long seed) {
        Random random = new Random(seed);
        float[] row = new float[50];
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) random.nextGaussian() * 4;
        }
        BigDecimal sum = BigDecimal.ZERO;
        for (float value : row) {
            sum = sum.add(new BigDecimal(StrictMath.exp(value)), MathContext.DECIMAL128);
        }
        double[] probabilities = Logits.softmax(row);
        for (int i = 0; i < row.length; i++) {
            double exact = new BigDecimal(StrictMath.exp(row[i]))
                    .divide(sum, MathContext.DECIMAL128)
                    .doubleValue();
            assertThat(probabilities[i]).isEqualTo(exact, within(1e-12));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {21, 22, 23, 24, 25})
    void topKIsTheHeadOfASort(long seed) {
        Random random = new Random(seed);
        double[] values = random.ints(60, 0, 20).asDoubleStream().toArray();
        int k = 1 + random.nextInt(80);
        int[] sorted = IntStream.range(0, values.length)
                .boxed()
                .sorted((a, b) -> values[a] == values[b] ? Integer.compare(a, b) : Double.compare(values[b], values[a]))
                .mapToInt(Integer::intValue)
                .toArray();
        assertThat(Logits.topK(values, k)).isEqualTo(Arrays.copyOf(sorted, Math.min(k, values.length)));
    }
}
