package dev.triptych.text.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LengthBucketsTest {

    @Test
    void likeLengthsStayTogether() {
        assertThat(LengthBuckets.split(new int[] {10, 10, 11, 12}, 48)).containsExactly(4);
    }

    @Test
    void farLengthsAreParted() {
        assertThat(LengthBuckets.split(new int[] {5, 5, 5, 5, 60, 60}, 48)).containsExactly(4, 6);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void noOtherCutCostsLess(long seed) {
        Random random = new Random(seed);
        int[] lengths = random.ints(10, 1, 60).sorted().toArray();
        int best = Integer.MAX_VALUE;
        for (int cuts = 0; cuts < 1 << (lengths.length - 1); cuts++) {
            best = Math.min(best, cost(lengths, cuts | 1 << (lengths.length - 1)));
        }
        int chosen = 0;
        for (int end : LengthBuckets.split(lengths, 48)) {
            chosen |= 1 << (end - 1);
        }
        assertThat(cost(lengths, chosen)).as("seed %d", seed).isEqualTo(best);
    }

    /** @param ends bit {@code i} says that a batch ends with row {@code i} */
    private static int cost(int[] lengths, int ends) {
        int cost = 0;
        int from = 0;
        for (int i = 0; i < lengths.length; i++) {
            if ((ends >> i & 1) == 1) {
                cost += 48 + (i + 1 - from) * lengths[i];
                from = i + 1;
            }
        }
        return cost;
    }
}
