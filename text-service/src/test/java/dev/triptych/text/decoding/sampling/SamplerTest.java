package dev.triptych.text.decoding.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.testkit.Fixtures;
import dev.triptych.text.decoding.LogitsRow;
import dev.triptych.text.decoding.SearchContext;
import dev.triptych.text.decoding.Selection;
import dev.triptych.text.decoding.Sequence;
import dev.triptych.text.decoding.logits.LogitsProcessors;
import dev.triptych.text.decoding.search.SearchCases;
import dev.triptych.text.generation.GenerationRules;
import dev.triptych.text.generation.Strategy;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SamplerTest {

    private static final GenerationRules RULES = GenerationRules.of(2, 0, 1);
    private static final int DRAWS = 20_000;

    static Stream<Strategy.Sample> settings() {
        return Stream.of(
                new Strategy.Sample(1, 0, 1, 0, 1, 11, 1, 1),
                new Strategy.Sample(0.6, 0, 1, 0, 1, 12, 1, 1),
                new Strategy.Sample(1.4, 12, 1, 0, 1, 13, 1, 1),
                new Strategy.Sample(1.1, 0, 0.8, 0, 1, 14, 1, 1),
                new Strategy.Sample(1, 0, 1, 0.05, 1, 15, 1, 1),
                new Strategy.Sample(1.2, 0, 1, 0, 0.7, 16, 1, 1),
                new Strategy.Sample(1.3, 20, 0.9, 0.02, 0.95, 17, 1, 1));
    }

    /** Golden scores are Hugging Face's after its filters; what is impossible there must be what is left out here. */
    @Test
    void filtersLeaveTheTokensThatHuggingFaceLeaves() {
        int checked = 0;
        for (JsonNode golden : JsonMapper.builder()
                .build()
                .readTree(Fixtures.path("search/golden-processors.json").toFile())) {
            Strategy.Sample parameters = parameters(golden);
            if (parameters.equals(Strategy.Sample.of(0))) {
                continue;
            }
            float[] expected = SearchCases.floats(golden.get("processed"));
            List<Integer> history = SearchCases.ints(golden.get("history"));
            LogitsRow row = row(SearchCases.floats(golden.get("scores")));
            LogitsProcessors.of(RULES, SearchCases.rules(golden))
                    .apply(new SearchContext(row, new Sequence(history), 9));
            float max = row.values()[row.argMax()];
            for (int token = 0; token < expected.length; token++) {
                row.values()[token] = (row.values()[token] - max) / (float) parameters.temperature();
            }
            CandidateSet left = CandidateSet.of(row, parameters);
            int[] tokens = new int[left.size()];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = left.token(i);
            }
            Arrays.sort(tokens);
            int[] possible = IntStream.range(0, expected.length)
                    .filter(token -> !Float.isInfinite(expected[token]))
                    .toArray();
            assertThat(tokens).as("%s", golden).isEqualTo(possible);
            checked++;
        }
        assertThat(checked).isGreaterThan(80);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void drawsFollowTheFilteredDistribution(Strategy.Sample parameters) {
        float[] logits = logits(40, 5);
        double[] expected = distribution(logits, parameters);
        int[] counts = new int[logits.length];
        for (int draw = 0; draw < DRAWS; draw++) {
            counts[choose(logits, parameters, 0, draw).tokenId()]++;
        }
        double chiSquare = 0;
        int cells = 0;
        double restExpected = 0;
        int restCount = 0;
        for (int token = 0; token < logits.length; token++) {
            double mean = expected[token] * DRAWS;
            assertThat(mean > 0 || counts[token] == 0)
                    .as("token %d was filtered out", token)
                    .isTrue();
            if (mean >= 10) {
                chiSquare += (counts[token] - mean) * (counts[token] - mean) / mean;
                cells++;
            } else {
                restExpected += mean;
                restCount += counts[token];
            }
        }
        if (restExpected >= 1) {
            chiSquare += (restCount - restExpected) * (restCount - restExpected) / restExpected;
            cells++;
        }
        // The 99.9 % quantile, after Wilson and Hilferty.
        double freedom = cells - 1;
        double quantile = freedom * Math.pow(1 - 2 / (9 * freedom) + 3.0902 * Math.sqrt(2 / (9 * freedom)), 3);
        assertThat(chiSquare).as("%s over %d cells", parameters, cells).isLessThan(quantile);
    }

    @Test
    void aTemperatureNearZeroIsGreedy() {
        for (int seed = 0; seed < 200; seed++) {
            float[] logits = logits(50, seed);
            Strategy.Sample cold = new Strategy.Sample(1e-4, 0, 1, 0, 1, seed, 1, 1);
            assertThat(choose(logits, cold, 0, seed).tokenId())
                    .as("seed %d", seed)
                    .isEqualTo(row(logits).argMax());
        }
    }

    @Test
    void theSameSeedSampleAndPositionDrawTheSameWhateverCameBefore() {
        float[] logits = logits(60, 3);
        Strategy.Sample parameters = new Strategy.Sample(1.5, 0, 0.98, 0, 1, 77, 1, 1);
        int[] inOrder = new int[50];
        for (int position = 0; position < inOrder.length; position++) {
            inOrder[position] = choose(logits, parameters, 0, position).tokenId();
        }
        for (int position = inOrder.length - 1; position >= 0; position--) {
            choose(logits(60, position), parameters, 4, 9);
            assertThat(choose(logits, parameters, 0, position).tokenId()).isEqualTo(inOrder[position]);
        }
        assertThat(Arrays.stream(inOrder).distinct().count()).isGreaterThan(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void samplesAndSeedsDrawDifferently(int what) {
        float[] logits = logits(60, 3);
        int same = 0;
        for (int position = 0; position < 200; position++) {
            Strategy.Sample other = new Strategy.Sample(3, 0, 1, 0, 1, what == 0 ? 2 : 1, 1, 1);
            int first = choose(logits, new Strategy.Sample(3, 0, 1, 0, 1, 1, 1, 1), 0, position)
                    .tokenId();
            same += first == choose(logits, other, what, position).tokenId() ? 1 : 0;
        }
        assertThat(same).isBetween(1, 60);
    }

    @Test
    void theLogProbIsTheModelsOwn() {
        float[] logits = logits(30, 8);
        Selection.Chosen chosen = choose(logits, new Strategy.Sample(0.3, 4, 0.9, 0, 1, 5, 1, 1), 0, 0);
        double[] model = distribution(logits, Strategy.Sample.of(0));
        assertThat(chosen.logProb()).isCloseTo(Math.log(model[chosen.tokenId()]), Offset.offset(1e-4));
    }

    @Test
    void forbiddenTokensAreNeverDrawn() {
        float[] logits = new float[300];
        LogitsProcessors onlyOne = LogitsProcessors.of(new GenerationRules(
                OptionalInt.of(2),
                List.of(0),
                1,
                OptionalInt.of(299),
                OptionalInt.empty(),
                List.of(),
                List.of(),
                List.of()));
        for (int seed = 0; seed < 2000; seed++) {
            Sampler sampler = new Sampler(onlyOne, Strategy.Sample.of(seed), 0);
            SearchContext context = new SearchContext(row(logits), new Sequence(2), 9);
            assertThat(((Selection.Chosen) sampler.select(context)).tokenId()).isEqualTo(299);
        }
    }

    @Test
    void logitsThatAreNoNumbersAreBroken() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            float[] logits = {1, bad, 2};
            SearchContext context = new SearchContext(row(logits), new Sequence(2), 9);
            assertThat(new Sampler(LogitsProcessors.of(RULES), Strategy.Sample.of(1), 0).select(context))
                    .isInstanceOf(Selection.Broken.class);
        }
    }

    private static Selection.Chosen choose(float[] logits, Strategy.Sample parameters, int sample, int position) {
        Sequence sequence = new Sequence(2);
        for (int i = 0; i < position; i++) {
            sequence.append(3, 0);
        }
        return (Selection.Chosen) new Sampler(LogitsProcessors.of(RULES), parameters, sample)
                .select(new SearchContext(row(logits), sequence, 1_000_000));
    }

    /** The plain way: sort everything, filter, normalize. */
    private static double[] distribution(float[] logits, Strategy.Sample parameters) {
        double[] p = softmax(Arrays.stream(boxed(logits))
                .map(x -> x / parameters.temperature())
                .toArray());
        if (parameters.topK() > 0) {
            Integer[] order = descending(p);
            for (int rank = parameters.topK(); rank < order.length; rank++) {
                p[order[rank]] = 0;
            }
            p = normalized(p);
        }
        if (parameters.topP() < 1) {
            double before = 0;
            for (int token : descending(p)) {
                double own = p[token];
                p[token] = before < parameters.topP() ? own : 0;
                before += own;
            }
            p = normalized(p);
        }
        double max = Arrays.stream(p).max().orElseThrow();
        for (int token = 0; token < p.length; token++) {
            p[token] = p[token] < parameters.minP() * max ? 0 : p[token];
        }
        p = normalized(p);
        if (parameters.typicalP() < 1) {
            double entropy = -Arrays.stream(p)
                    .filter(x -> x > 0)
                    .map(x -> x * Math.log(x))
                    .sum();
            double[] all = p;
            Integer[] order = IntStream.range(0, p.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(token -> Math.abs(-Math.log(all[token]) - entropy)))
                    .toArray(Integer[]::new);
            double before = 0;
            for (int token : order) {
                double own = p[token];
                p[token] = before < parameters.typicalP() ? own : 0;
                before += own;
            }
            p = normalized(p);
        }
        return p;
    }

    private static Integer[] descending(double[] p) {
        return IntStream.range(0, p.length)
                .boxed()
                .sorted(Comparator.comparingDouble(token -> -p[token]))
                .toArray(Integer[]::new);
    }

    private static double[] softmax(double[] logits) {
        return normalized(Arrays.stream(logits).map(Math::exp).toArray());
    }

    private static double[] normalized(double[] weights) {
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }

    private static double[] boxed(float[] logits) {
        double[] doubles = new double[logits.length];
        for (int i = 0; i < logits.length; i++) {
            doubles[i] = logits[i];
        }
        return doubles;
    }

    private static float[] logits(int size, int seed) {
        Random random = new Random(seed);
        float[] logits = new float[size];
        for (int i = 0; i < size; i++) {
            logits[i] = (float) (1.5 * random.nextGaussian());
        }
        return logits;
    }

    private static LogitsRow row(float[] scores) {
        Tensor tensor = Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(1, scores.length));
        for (int token = 0; token < scores.length; token++) {
            tensor.setFloat(token, scores[token]);
        }
        return new LogitsRow(scores.length).load(tensor, 0);
    }

    private static Strategy.Sample parameters(JsonNode golden) {
        return new Strategy.Sample(
                golden.path("temperature").doubleValue(1),
                golden.path("top_k").intValue(0),
                golden.path("top_p").doubleValue(1),
                golden.path("min_p").doubleValue(0),
                golden.path("typical_p").doubleValue(1),
                0,
                1,
                1);
    }
}
