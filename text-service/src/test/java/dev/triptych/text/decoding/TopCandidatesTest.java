package dev.triptych.text.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopCandidatesTest {

    private record Scored(float score, int row, int token) {}

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void theBestAreThoseOfAFullSort(int seed) {
        Random random = new Random(seed);
        int vocabSize = 1 + random.nextInt(2000);
        int rows = 1 + random.nextInt(5);
        TopCandidates top = new TopCandidates(1 + random.nextInt(20));
        List<Scored> all = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            float base = -random.nextFloat();
            float[] values = new float[vocabSize];
            for (int token = 0; token < vocabSize; token++) {
                // Few distinct values, so that there are ties.
                values[token] = random.nextInt(10) == 0 ? Float.NEGATIVE_INFINITY : -random.nextInt(40) / 8f;
                if (values[token] > Float.NEGATIVE_INFINITY) {
                    all.add(new Scored(values[token] + base, row, token));
                }
            }
            top.offer(values, vocabSize, base, row);
        }
        all.sort(Comparator.comparingDouble(scored -> -scored.score()));
        List<Scored> found = new ArrayList<>();
        for (int rank = 0; rank < top.size(); rank++) {
            found.add(new Scored(top.score(rank), top.row(rank), top.token(rank)));
        }
        assertThat(found).as("seed %d", seed).isEqualTo(all.subList(0, found.size()));
        assertThat(top.isFull() || found.size() == all.size()).isTrue();
    }

    @Test
    void impossibleTokensAreNoCandidates() {
        TopCandidates top = new TopCandidates(3);
        top.offer(new float[] {Float.NEGATIVE_INFINITY, 2, Float.NEGATIVE_INFINITY}, 3, 0, 0);
        assertThat(top.size()).isEqualTo(1);
        assertThat(top.isFull()).isFalse();
        assertThat(top.token(0)).isEqualTo(1);
    }
}
