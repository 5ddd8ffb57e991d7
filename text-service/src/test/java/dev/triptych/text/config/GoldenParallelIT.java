package dev.triptych.text.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.testkit.Fixtures;
import dev.triptych.text.decoding.search.SearchCases;
import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GeneratedSequence;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.TokenRules;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.RuntimeListener;
import dev.triptych.text.runtime.TextGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The shipped model's non-autoregressive decoders against the foundry's reference decoders over the same float32 graphs:
 * equal ids alone, in a batch, and beside rows that decode token by token.
 */
class GoldenParallelIT {

    private static final String MODEL = "triptych-en-de";
    private static final int MAX_NEW_TOKENS = 256;

    private static ModelRegistry models;
    private static TextGenerator generator;
    private static List<JsonNode> goldens;

    @BeforeAll
    static void load(@TempDir Path folder) throws IOException {
        models = TestEngines.open(TestEngines.floatTranslator(folder), List.of("plain"), RuntimeListener.NONE);
        generator = models.ready(MODEL).orElseThrow(() -> new AssertionError(models.list()));
        goldens = read("golden-nat.json");
        assertThat(goldens).hasSizeGreaterThan(50);
    }

    @AfterAll
    static void close() {
        models.close();
    }

    private static List<JsonNode> read(String file) {
        List<JsonNode> cases = new ArrayList<>();
        JsonMapper.builder()
                .build()
                .readTree(Fixtures.path(MODEL + "/" + file).toFile())
                .forEach(cases::add);
        return cases;
    }

    @Test
    void ctcGivesTheReferencesIdsAlone() {
        for (JsonNode golden : goldens) {
            check(golden, "ctc", start(golden, Strategy.Ctc.bestPath()), "alone");
        }
    }

    @Test
    void ctcGivesTheReferencesIdsInABatchWithRowsThatDecodeTokenByToken() {
        List<JsonNode> greedy = read("golden-greedy.json").subList(0, 24);
        List<Generation> sequential = greedy.stream()
                .map(golden -> Generation.start(
                        generator,
                        SearchCases.ints(golden.get("input_ids")),
                        golden.get("max_new_tokens").intValue()))
                .toList();
        List<Generation> parallel = goldens.stream()
                .map(golden -> start(golden, Strategy.Ctc.bestPath()))
                .toList();
        for (int i = 0; i < goldens.size(); i++) {
            check(goldens.get(i), "ctc", parallel.get(i), "in a batch");
        }
        for (int i = 0; i < greedy.size(); i++) {
            assertThat(sequential.get(i).result().tokenIds())
                    .as("greedy beside ctc: %s", greedy.get(i))
                    .isEqualTo(SearchCases.ints(greedy.get(i).get("output_ids")));
        }
    }

    @Test
    void ctcIsOnePassAndStreamsItsWholeOutput() {
        JsonNode golden = goldens.getFirst();
        Generation generation = start(golden, Strategy.Ctc.bestPath());
        assertThat(generation.result().timing().steps()).isEqualTo(1);
        assertThat(generation.result().timing().encodeNanos()).isPositive();
        assertThat(generation.streamedIds())
                .isEqualTo(SearchCases.ints(golden.get("ctc").get("output_ids")));
    }

    @Test
    void aPrefixBeamIsAtLeastAsLikelyAsTheBestPathAndItsAlternativesDiffer() {
        for (JsonNode golden : goldens.subList(0, 20)) {
            GenerationResult result = Generation.start(
                            generator,
                            SearchCases.ints(golden.get("input_ids")),
                            new GenerationParameters(
                                    new Strategy.Ctc(8, 3, OptionalDouble.of(0)),
                                    MAX_NEW_TOKENS,
                                    TokenRules.NONE,
                                    List.of(),
                                    OptionalInt.of(2)))
                    .result();
            assertThat(result.sequences().stream().map(GeneratedSequence::tokenIds))
                    .as("%s", golden.get("text"))
                    .hasSize(3)
                    .doesNotHaveDuplicates();
            assertThat(result.score())
                    .as("the sum over alignments of %s", golden.get("text"))
                    .isGreaterThanOrEqualTo(golden.get("ctc").get("score").doubleValue() - 1e-3);
            for (GeneratedSequence sequence : result.sequences()) {
                assertThat(sequence.score()).isLessThanOrEqualTo(result.score());
                assertThat(sequence.logProbs())
                        .hasSameSizeAs(sequence.tokenIds())
                        .allMatch(value -> value <= 0);
                assertThat(sequence.topLogProbs()).hasSameSizeAs(sequence.tokenIds());
            }
        }
    }

    @Test
    void logProbsAreThoseOfTheSurestFrameAndDoNotDependOnTheLogits() {
        JsonNode golden = goldens.get(1);
        GenerationResult plain = logProbs(golden, 0);
        GenerationResult detailed = logProbs(golden, 2);
        GeneratedSequence sequence = detailed.sequences().getFirst();
        assertThat(sequence.tokenIds()).isEqualTo(plain.tokenIds());
        for (int i = 0; i < sequence.tokenIds().size(); i++) {
            double logProb = sequence.logProbs().get(i);
            assertThat(plain.sequences().getFirst().logProbs().get(i)).isCloseTo(logProb, Offset.offset(1e-4));
            assertThat(sequence.topLogProbs().get(i).getFirst().tokenId())
                    .isEqualTo(sequence.tokenIds().get(i));
            assertThat(sequence.topLogProbs().get(i).getFirst().logProb()).isCloseTo(logProb, Offset.offset(1e-4));
            assertThat(sequence.topLogProbs().get(i)).hasSize(2);
        }
    }

    private static GenerationResult logProbs(JsonNode golden, int count) {
        return Generation.start(
                        generator,
                        SearchCases.ints(golden.get("input_ids")),
                        new GenerationParameters(
                                Strategy.Ctc.bestPath(),
                                MAX_NEW_TOKENS,
                                TokenRules.NONE,
                                List.of(),
                                OptionalInt.of(count)))
                .result();
    }

    @Test
    void anOutputThatIsTooLongIsCut() {
        JsonNode golden = goldens.getFirst();
        List<Integer> whole = SearchCases.ints(golden.get("ctc").get("output_ids"));
        GenerationResult result = Generation.start(
                        generator,
                        SearchCases.ints(golden.get("input_ids")),
                        new GenerationParameters(Strategy.Ctc.bestPath(), 3))
                .result();
        assertThat(result.tokenIds()).isEqualTo(whole.subList(0, 3));
        assertThat(result.reason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void theLongestPromptFits() {
        int longest = generator.limits().maxPromptTokens();
        List<Integer> prompt = new ArrayList<>();
        List<Integer> words = SearchCases.ints(goldens.get(2).get("input_ids"));
        while (prompt.size() < longest - 1) {
            prompt.add(words.get(prompt.size() % (words.size() - 1)));
        }
        prompt.add(words.getLast());
        GenerationResult result = Generation.start(
                        generator, prompt, new GenerationParameters(Strategy.Ctc.bestPath(), MAX_NEW_TOKENS))
                .result();
        assertThat(result.tokenIds()).isNotEmpty();
        assertThat(result.message()).isEmpty();
    }

    private static Strategy refined(int iterations) {
        return new Strategy.MaskPredict(OptionalInt.of(iterations), OptionalInt.of(3), 1);
    }

    @Test
    void maskPredictGivesTheReferencesIdsAlone() {
        for (JsonNode golden : goldens) {
            check(golden, "mask-predict-1", start(golden, refined(1)), "alone");
            check(golden, "mask-predict-4", start(golden, refined(4)), "alone");
        }
    }

    @Test
    void maskPredictGivesTheReferencesIdsInABatchWithAllOthers() {
        List<Generation> one =
                goldens.stream().map(golden -> start(golden, refined(1))).toList();
        List<Generation> four =
                goldens.stream().map(golden -> start(golden, refined(4))).toList();
        List<Generation> ctc = goldens.stream()
                .map(golden -> start(golden, Strategy.Ctc.bestPath()))
                .toList();
        List<JsonNode> greedy = read("golden-greedy.json").subList(0, 24);
        List<Generation> sequential = greedy.stream()
                .map(golden -> Generation.start(
                        generator,
                        SearchCases.ints(golden.get("input_ids")),
                        golden.get("max_new_tokens").intValue()))
                .toList();
        for (int i = 0; i < goldens.size(); i++) {
            check(goldens.get(i), "mask-predict-1", one.get(i), "in a batch");
            check(goldens.get(i), "mask-predict-4", four.get(i), "in a batch");
            check(goldens.get(i), "ctc", ctc.get(i), "in a batch");
            assertThat(one.get(i).result().timing().steps()).isEqualTo(1);
        }
        for (int i = 0; i < greedy.size(); i++) {
            assertThat(sequential.get(i).result().tokenIds())
                    .isEqualTo(SearchCases.ints(greedy.get(i).get("output_ids")));
        }
    }

    @Test
    void alternativesOfMaskPredictAreTheOtherLengthsBestFirst() {
        for (JsonNode golden : goldens.subList(0, 20)) {
            List<JsonNode> expected = new ArrayList<>();
            golden.get("mask-predict-4").get("candidates").forEach(expected::add);
            expected.sort((a, b) ->
                    Double.compare(b.get("score").doubleValue(), a.get("score").doubleValue()));
            GenerationResult result = start(golden, new Strategy.MaskPredict(OptionalInt.of(4), OptionalInt.of(3), 3))
                    .result();
            assertThat(result.sequences().stream().map(GeneratedSequence::tokenIds))
                    .containsExactlyElementsOf(expected.stream()
                            .map(candidate -> SearchCases.ints(candidate.get("ids")))
                            .toList());
        }
    }

    private static Generation start(JsonNode golden, Strategy strategy) {
        return Generation.start(
                generator,
                SearchCases.ints(golden.get("input_ids")),
                new GenerationParameters(strategy, MAX_NEW_TOKENS));
    }

    private static void check(JsonNode golden, String key, Generation generation, String where) {
        JsonNode expected = golden.get(key);
        GenerationResult result = generation.result();
        assertThat(result.tokenIds())
                .as("%s %s: %s", key, where, golden.get("text"))
                .isEqualTo(SearchCases.ints(expected.get("output_ids")));
        assertThat(result.score())
                .as("score of %s %s: %s", key, where, golden.get("text"))
                .isCloseTo(expected.get("score").doubleValue(), Offset.offset(2e-3));
        assertThat(result.reason()).isEqualTo(FinishReason.STOP);
    }
}
