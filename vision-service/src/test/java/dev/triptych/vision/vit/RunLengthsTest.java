package dev.triptych.vision.vit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RunLengthsTest {

    static IntStream seeds() {
        return IntStream.range(0, 60);
    }

    /** Read back by the rules of COCO's decoder: sign-extended 5-bit groups, then sums with the last but one run. */
    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsWrittenIsReadBack(int seed) {
        Random random = new Random(seed);
        boolean[] mask = new boolean[1 + random.nextInt(9000)];
        boolean value = random.nextBoolean();
        for (int i = 0; i < mask.length; ) {
            for (int end = Math.min(mask.length, i + 1 + random.nextInt(1 << random.nextInt(13))); i < end; i++) {
                mask[i] = value;
            }
            value = !value;
        }
        assertThat(decoded(encoded(mask), mask.length)).isEqualTo(mask);
    }

    @Test
    void knownMasksHaveCocosText() {
        assertThat(encoded(new boolean[] {true})).isEqualTo("01");
        assertThat(encoded(new boolean[] {false, false, false})).isEqualTo("3");
        assertThat(encoded(new boolean[] {false, true, true, false, true, false, false}))
                .isEqualTo("121O1");
        boolean[] late = new boolean[100];
        late[99] = true;
        assertThat(encoded(late)).isEqualTo("S31");
    }

    private static String encoded(boolean[] mask) {
        RunLengths runs = new RunLengths();
        int from = -1;
        for (int i = 0; i <= mask.length; i++) {
            boolean one = i < mask.length && mask[i];
            if (one && from < 0) {
                from = i;
            } else if (!one && from >= 0) {
                runs.ones(from, i);
                from = -1;
            }
        }
        return runs.finish(mask.length);
    }

    private static boolean[] decoded(String text, int length) {
        List<Long> counts = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            long value = 0;
            int shift = 0;
            int group;
            do {
                group = text.charAt(at++) - 48;
                value |= (long) (group & 31) << shift;
                shift += 5;
            } while ((group & 32) != 0);
            if ((group & 16) != 0) {
                value |= -1L << shift;
            }
            counts.add(counts.size() > 2 ? value + counts.get(counts.size() - 2) : value);
        }
        boolean[] mask = new boolean[length];
        int position = 0;
        for (int run = 0; run < counts.size(); run++) {
            for (long i = 0; i < counts.get(run); i++) {
                mask[position++] = run % 2 == 1;
            }
        }
        assertThat(position).isEqualTo(length);
        return mask;
    }
}
