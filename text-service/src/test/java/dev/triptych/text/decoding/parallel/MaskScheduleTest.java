package dev.triptych.text.decoding.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaskScheduleTest {

    /** {@code n = N (T - t) / T} of the paper's section 3, with N = 12 and T = 4 as worked by hand, and others. */
    @ParameterizedTest
    @CsvSource({
        "12,4,0,12",
        "12,4,1,9",
        "12,4,2,6",
        "12,4,3,3",
        "10,4,1,7",
        "10,4,3,2",
        "3,10,8,0",
        "3,10,6,1",
        "1,1,0,1"
    })
    void asManyPlacesAreMaskedAsThePapersFormulaSays(int length, int iterations, int iteration, int masked) {
        assertThat(new MaskSchedule(iterations).masked(length, iteration)).isEqualTo(masked);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void theLeastCertainPlacesAreMasked(int seed) {
        Random random = new Random(seed);
        MaskSchedule schedule = new MaskSchedule(1 + random.nextInt(10));
        float[] certainty = new float[1 + random.nextInt(20)];
        for (int i = 0; i < certainty.length; i++) {
            certainty[i] = -random.nextInt(5);
        }
        for (int iteration = 0; iteration < schedule.iterations(); iteration++) {
            boolean[] open = schedule.open(certainty, iteration);
            int[] chosen = IntStream.range(0, open.length).filter(i -> open[i]).toArray();
            assertThat(chosen).as("seed %d", seed).hasSize(schedule.masked(certainty.length, iteration));
            for (int place : chosen) {
                for (int other = 0; other < open.length; other++) {
                    boolean better = certainty[other] < certainty[place]
                            || certainty[other] == certainty[place] && other < place;
                    assertThat(open[other] || !better).as("seed %d", seed).isTrue();
                }
            }
        }
    }

    @Test
    void refinementNeedsAPass() {
        assertThatThrownBy(() -> new MaskSchedule(0)).hasMessageContaining("got 0");
    }
}
