package dev.triptych.text.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.testkit.Fixtures;
import dev.triptych.text.decoding.search.SearchCases;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.generation.GenerationEvent.GenerationTiming;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.TokenRules;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.RuntimeListener;
import dev.triptych.text.runtime.TextGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Verified drafts of the shipped model against {@code generate()}'s greedy ids: the same, in fewer passes. */
class SpeculativeIT {

    private static final String MODEL = "triptych-en-de";
    private static final Strategy SPECULATIVE = new Strategy.Speculative();

    private static ModelRegistry models;
    private static TextGenerator generator;
    private static List<JsonNode> goldens;

    @BeforeAll
    static void load() {
        models = TestEngines.open(TestEngines.shippedModels(), List.of("plain"), RuntimeListener.NONE);
        generator = models.ready(MODEL).orElseThrow(() -> new AssertionError(models.list()));
        goldens = new ArrayList<>();
        JsonMapper.builder()
                .build()
                .readTree(Fixtures.path(MODEL + "/golden-greedy.json").toFile())
                .forEach(goldens::add);
        assertThat(goldens).hasSizeGreaterThanOrEqualTo(200);
    }

    @AfterAll
    static void close() {
        models.close();
    }

    @Test
    void idsAreGreedysAlone() {
        int tokens = 0;
        int passes = 0;
        for (JsonNode golden : goldens.subList(0, 100)) {
            GenerationResult result = start(golden, SPECULATIVE).result();
            check(golden, result, "alone");
            GenerationTiming timing = result.timing();
            tokens += result.tokenIds().size();
            passes += timing.steps();
            assertThat(timing.accepted()).isBetween(0, timing.drafted());
            // Every token was accepted, or was a pass's own.
            assertThat(result.tokenIds().size()).isBetween(timing.accepted(), timing.accepted() + timing.steps());
        }
        assertThat(passes).as("passes for %d tokens", tokens).isLessThan(tokens / 2);
    }

    @Test
    void idsAreGreedysBesideEveryOtherStrategy() {
        List<Strategy> others = List.of(
                new Strategy.Greedy(),
                Strategy.Beam.of(3),
                Strategy.Sample.of(7),
                new Strategy.Ctc(1, 1, OptionalDouble.empty()));
        List<Generation> drafted = new ArrayList<>();
        List<Generation> beside = new ArrayList<>();
        for (int i = 0; i < goldens.size(); i++) {
            drafted.add(start(goldens.get(i), SPECULATIVE));
            if (i % 2 == 0) {
                beside.add(start(goldens.get(i), others.get(i / 2 % others.size())));
            }
        }
        for (int i = 0; i < goldens.size(); i++) {
            check(goldens.get(i), drafted.get(i).result(), "in a batch");
        }
        for (int i = 0; i < beside.size(); i += others.size()) {
            check(goldens.get(2 * i), beside.get(i).result(), "greedy beside drafted rows");
        }
    }

    /** Few enough that all are drafted: rows with drafts of different lengths share passes. */
    @Test
    void idsAreGreedysWhereDraftedRowsShareTheirPasses() {
        int drafted = 0;
        for (int from = 0; from + 3 <= 90; from += 3) {
            List<Generation> together = new ArrayList<>();
            for (JsonNode golden : goldens.subList(from, from + 3)) {
                together.add(start(golden, SPECULATIVE));
            }
            for (int i = 0; i < 3; i++) {
                GenerationResult result = together.get(i).result();
                check(goldens.get(from + i), result, "beside two others");
                drafted += result.timing().drafted();
            }
        }
        assertThat(drafted).isPositive();
    }

    @Test
    void idsAreGreedysWhereManyOthersJoinBesideADraftedRow() {
        List<Strategy> others =
                List.of(new Strategy.Greedy(), Strategy.Beam.of(2), SPECULATIVE, Strategy.Ctc.bestPath());
        int drafted = 0;
        for (int first = 0; first < 10; first++) {
            Generation alone = start(goldens.get(first), SPECULATIVE).begun();
            List<Generation> joined = new ArrayList<>();
            for (int i = 0; i < 63; i++) {
                joined.add(start(goldens.get((first + i) % goldens.size()), others.get(i % others.size())));
            }
            check(goldens.get(first), alone.result(), "before many others");
            drafted += alone.result().timing().drafted();
            for (int i = 0; i < joined.size(); i++) {
                if (i % 2 == 0) {
                    check(
                            goldens.get((first + i) % goldens.size()),
                            joined.get(i).result(),
                            "joined later");
                } else {
                    joined.get(i).result();
                }
            }
        }
        assertThat(drafted).as("what comes first is drafted").isPositive();
    }

    @Test
    void aStreamHasEachTokenOnceAndTheirLogProbsAreGreedys() {
        for (JsonNode golden : goldens.subList(0, 20)) {
            Generation drafted = start(golden, SPECULATIVE, OptionalInt.of(2));
            GenerationResult result = drafted.result();
            GenerationResult greedy =
                    start(golden, new Strategy.Greedy(), OptionalInt.of(2)).result();
            assertThat(drafted.streamedIds()).isEqualTo(result.tokenIds());
            assertThat(result.score()).isCloseTo(greedy.score(), Offset.offset(1e-3));
            List<Double> expected = greedy.sequences().getFirst().logProbs();
            List<Double> logProbs = result.sequences().getFirst().logProbs();
            assertThat(logProbs).hasSameSizeAs(expected);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(logProbs.get(i)).isCloseTo(expected.get(i), Offset.offset(1e-3));
            }
            assertThat(result.sequences().getFirst().topLogProbs()).hasSameSizeAs(expected);
        }
    }

    @Test
    void whatIsAskedOfTheLogitsHolds() {
        TokenRules rules = new TokenRules(
                OptionalDouble.of(1.3),
                0,
                0,
                OptionalInt.of(2),
                OptionalInt.empty(),
                OptionalInt.of(12),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Map.of(),
                Optional.empty(),
                Optional.empty());
        for (JsonNode golden : goldens.subList(0, 30)) {
            assertThat(start(golden, SPECULATIVE, rules).result().tokenIds())
                    .as("%s", golden.get("text"))
                    .isEqualTo(
                            start(golden, new Strategy.Greedy(), rules).result().tokenIds());
        }
    }

    @Test
    void autoPicksWhatTheShippedCurvesSayIsFasterOfTheExactStrategies() {
        Strategy.Auto auto = new Strategy.Auto(0);
        JsonNode curves = JsonMapper.builder()
                .build()
                .readTree(TestEngines.shippedModels()
                        .resolve(MODEL + "/strategies.json")
                        .toFile());
        for (int clients : List.of(1, 8, 32, 64)) {
            double speculative = rate(curves, "speculative", clients);
            double greedy = rate(curves, "greedy", clients);
            assertThat(generator.settle(auto, clients, true))
                    .as("%d clients", clients)
                    .isEqualTo(speculative > greedy ? SPECULATIVE : new Strategy.Greedy());
        }
    }

    private static double rate(JsonNode curves, String strategy, int clients) {
        return curves.findParents("strategy").stream()
                .filter(curve -> curve.get("strategy").stringValue().equals(strategy))
                .map(curve -> curve.get("sentences_per_second"))
                .mapToDouble(rates -> rates.get(String.valueOf(clients)).doubleValue())
                .max()
                .orElseThrow();
    }

    @Test
    void anOutputIsCutWhereGreedysIs() {
        for (int length : Set.of(1, 2, 5, 17)) {
            for (JsonNode golden : goldens.subList(0, 10)) {
                List<Integer> expected = SearchCases.ints(golden.get("output_ids"));
                GenerationResult result = Generation.start(
                                generator,
                                SearchCases.ints(golden.get("input_ids")),
                                new GenerationParameters(
                                        SPECULATIVE, length, TokenRules.NONE, List.of(), OptionalInt.empty()))
                        .result();
                assertThat(result.tokenIds()).isEqualTo(expected.subList(0, Math.min(length, expected.size())));
            }
        }
    }

    private static Generation start(JsonNode golden, Strategy strategy) {
        return start(golden, strategy, OptionalInt.empty());
    }

    private static Generation start(JsonNode golden, Strategy strategy, OptionalInt logProbs) {
        return start(golden, new GenerationParameters(strategy, limit(golden), TokenRules.NONE, List.of(), logProbs));
    }

    private static Generation start(JsonNode golden, Strategy strategy, TokenRules rules) {
        return start(golden, new GenerationParameters(strategy, limit(golden), rules, List.of(), OptionalInt.empty()));
    }

    private static Generation start(JsonNode golden, GenerationParameters parameters) {
        return Generation.start(generator, SearchCases.ints(golden.get("input_ids")), parameters);
    }

    private static int limit(JsonNode golden) {
        return golden.get("max_new_tokens").intValue();
    }

    private static void check(JsonNode golden, GenerationResult result, String how) {
        if (golden.get("smallest_lead").doubleValue() > 1e-4) {
            assertThat(result.tokenIds())
                    .as("%s: %s", how, golden.get("text"))
                    .isEqualTo(SearchCases.ints(golden.get("output_ids")));
        }
    }
}
