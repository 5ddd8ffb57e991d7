package dev.triptych.text.decoding.speculative;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may come next, against all paths through a small lattice one by one. */
class AlignmentTest {

    private static final int BLANK = 0;
    private static final int TOKENS = 4;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void chancesOfTheNextTokenAreThoseOfAllPaths(long seed) {
        Random random = new Random(seed);
        int frames = 1 + random.nextInt(5);
        float[][] chances = new float[frames][TOKENS];
        int[][] ids = new int[frames][];
        for (int frame = 0; frame < frames; frame++) {
            ids[frame] = new int[] {0, 1, 2, 3};
            float sum = 0;
            for (int token = 0; token < TOKENS; token++) {
                chances[frame][token] = 0.05f + random.nextFloat();
                sum += chances[frame][token];
            }
            for (int token = 0; token < TOKENS; token++) {
                chances[frame][token] /= sum;
            }
        }
        Map<List<Integer>, Double> outputs = outputs(chances);
        Lattice lattice = new Lattice(ids, chances, BLANK);
        Alignment alignment = new Alignment(lattice);
        List<Integer> written = new ArrayList<>();
        while (written.size() < frames && prefix(outputs, written) > 0) {
            double[] scores = new double[lattice.candidateCount()];
            double end = alignment.next(lattice, scores);
            double all = prefix(outputs, written);
            double sum = end;
            for (double score : scores) {
                sum += score;
            }
            assertThat(end / sum)
                    .as("end behind %s", written)
                    .isCloseTo(outputs.getOrDefault(written, 0.0) / all, NEAR);
            for (int place = 0; place < scores.length; place++) {
                List<Integer> longer = new ArrayList<>(written);
                longer.add(lattice.candidate(place));
                assertThat(scores[place] / sum).as("%s", longer).isCloseTo(prefix(outputs, longer) / all, NEAR);
            }
            int next = 1 + random.nextInt(TOKENS - 1);
            alignment.add(lattice, next);
            written.add(next);
        }
    }

    private static final Offset<Double> NEAR = Offset.offset(1e-6);

    /** The chance of each output: paths collapsed, one after another. */
    private static Map<List<Integer>, Double> outputs(float[][] chances) {
        Map<List<Integer>, Double> outputs = new HashMap<>();
        int paths = (int) Math.pow(TOKENS, chances.length);
        for (int path = 0; path < paths; path++) {
            List<Integer> output = new ArrayList<>();
            double chance = 1;
            int before = BLANK;
            int rest = path;
            for (float[] frame : chances) {
                int token = rest % TOKENS;
                rest /= TOKENS;
                chance *= frame[token];
                if (token != BLANK && token != before) {
                    output.add(token);
                }
                before = token;
            }
            outputs.merge(output, chance, Double::sum);
        }
        return outputs;
    }

    private static double prefix(Map<List<Integer>, Double> outputs, List<Integer> prefix) {
        return outputs.entrySet().stream()
                .filter(entry -> entry.getKey().size() >= prefix.size()
                        && entry.getKey().subList(0, prefix.size()).equals(prefix))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }
}
