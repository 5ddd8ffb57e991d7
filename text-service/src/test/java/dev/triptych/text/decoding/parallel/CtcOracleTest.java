package dev.triptych.text.decoding.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Collapse, prefix beam and alignment against all paths through a few frames, each looked at. */
class CtcOracleTest {

    private static final Offset<Double> EXACT = Offset.offset(1e-9);

    static IntStream seeds() {
        return IntStream.range(0, 60);
    }

    /** Log-probs of few frames over few tokens, and every path through them. */
    private static final class Table {

        private final double[][] logProbs;
        private final int blank;

        Table(Random random) {
            int frames = 1 + random.nextInt(6);
            int tokens = 2 + random.nextInt(3);
            blank = random.nextInt(tokens);
            logProbs = new double[frames][tokens];
            for (double[] frame : logProbs) {
                double sum = 0;
                for (int token = 0; token < tokens; token++) {
                    frame[token] = Math.exp(2 * random.nextGaussian());
                    sum += frame[token];
                }
                for (int token = 0; token < tokens; token++) {
                    frame[token] = Math.log(frame[token] / sum);
                }
            }
        }

        List<int[]> paths() {
            List<int[]> paths = List.of(new int[0]);
            for (double[] frame : logProbs) {
                List<int[]> longer = new ArrayList<>();
                for (int[] path : paths) {
                    for (int token = 0; token < frame.length; token++) {
                        int[] next = Arrays.copyOf(path, path.length + 1);
                        next[path.length] = token;
                        longer.add(next);
                    }
                }
                paths = longer;
            }
            return paths;
        }

        double logProb(int[] path) {
            return IntStream.range(0, path.length)
                    .mapToDouble(frame -> logProbs[frame][path[frame]])
                    .sum();
        }

        /** Repeats dropped, then blanks, as the definition has it. */
        List<Integer> meaning(int[] path) {
            List<Integer> meaning = new ArrayList<>();
            for (int frame = 0; frame < path.length; frame++) {
                boolean repeat = frame > 0 && path[frame] == path[frame - 1];
                if (!repeat && path[frame] != blank) {
                    meaning.add(path[frame]);
                }
            }
            return meaning;
        }

        Map<List<Integer>, Double> probabilities() {
            Map<List<Integer>, Double> sums = new HashMap<>();
            paths().forEach(path -> sums.merge(meaning(path), Math.exp(logProb(path)), Double::sum));
            return sums;
        }

        PrefixBeam beam(int width) {
            PrefixBeam beam = new PrefixBeam(width, blank);
            for (double[] frame : logProbs) {
                beam.add(IntStream.range(0, frame.length).toArray(), token -> frame[token]);
            }
            return beam;
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aPathMeansItsTokensWithoutRepeatsAndBlanks(int seed) {
        Table table = new Table(new Random(seed));
        for (int[] path : table.paths()) {
            List<CtcAlignment.Run> runs = CtcAlignment.collapse(path, table.blank);
            assertThat(runs.stream().map(CtcAlignment.Run::tokenId))
                    .as("%s of seed %d", Arrays.toString(path), seed)
                    .isEqualTo(table.meaning(path));
            for (CtcAlignment.Run run : runs) {
                assertThat(Arrays.copyOfRange(path, run.first(), run.end())).containsOnly(run.tokenId());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void withRoomForAllPrefixesTheBeamHasEveryOutputsProbability(int seed) {
        Table table = new Table(new Random(seed));
        Map<List<Integer>, Double> expected = table.probabilities();
        List<PrefixBeam.Output> outputs = table.beam(10_000).outputs(0);
        Map<List<Integer>, Double> found = new HashMap<>();
        for (PrefixBeam.Output output : outputs) {
            found.put(Arrays.stream(output.tokens()).boxed().toList(), Math.exp(output.logProb()));
        }
        expected.forEach((tokens, probability) -> assertThat(found.getOrDefault(tokens, 0.0))
                .as("%s of seed %d", tokens, seed)
                .isCloseTo(probability, EXACT));
        assertThat(found.values().stream().mapToDouble(Double::doubleValue).sum())
                .isCloseTo(1, EXACT);
        assertThat(outputs).isSortedAccordingTo(Comparator.comparingDouble(output -> -output.logProb()));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theLengthPenaltyDividesByLength(int seed) {
        Table table = new Table(new Random(seed));
        double penalty = new Random(seed).nextDouble(-1, 2);
        double best = table.probabilities().entrySet().stream()
                .mapToDouble(entry -> Math.log(entry.getValue())
                        / Math.pow(Math.max(1, entry.getKey().size()), penalty))
                .max()
                .orElseThrow();
        assertThat(table.beam(10_000).outputs(penalty).getFirst().score(penalty))
                .as("penalty %f of seed %d", penalty, seed)
                .isCloseTo(best, EXACT);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aNarrowBeamKeepsNoMoreThanItsWidthAndNeverClaimsTooMuch(int seed) {
        Table table = new Table(new Random(seed));
        Map<List<Integer>, Double> exact = table.probabilities();
        List<PrefixBeam.Output> outputs = table.beam(2).outputs(0);
        assertThat(outputs).hasSizeBetween(1, 2);
        for (PrefixBeam.Output output : outputs) {
            assertThat(Math.exp(output.logProb()))
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(
                            exact.get(Arrays.stream(output.tokens()).boxed().toList()) + 1e-9);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theLikeliestPathOfAnOutputIsTheBestOfAllThatMeanIt(int seed) {
        Table table = new Table(new Random(seed));
        Map<List<Integer>, Double> best = new HashMap<>();
        table.paths().forEach(path -> best.merge(table.meaning(path), table.logProb(path), Math::max));
        best.forEach((tokens, logProb) -> {
            int[] path = CtcAlignment.likeliestPath(
                    tokens.stream().mapToInt(Integer::intValue).toArray(),
                    table.logProbs.length,
                    table.blank,
                    (frame, token) -> table.logProbs[frame][token]);
            assertThat(table.meaning(path)).as("seed %d", seed).isEqualTo(tokens);
            assertThat(table.logProb(path)).as("%s of seed %d", tokens, seed).isCloseTo(logProb, EXACT);
        });
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 2", "2, 3"})
    void tooFewFramesCannotSayTheTokens(int frames, int equalTokens) {
        int[] tokens = new int[equalTokens];
        Arrays.fill(tokens, 1);
        assertThatThrownBy(() -> CtcAlignment.likeliestPath(tokens, frames, 0, (frame, token) -> -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(frames + " frames")
                .hasMessageContaining(equalTokens + " tokens");
    }

    @Test
    void aBeamNeedsRoom() {
        assertThatThrownBy(() -> new PrefixBeam(0, 0)).hasMessageContaining("got 0");
    }
}
