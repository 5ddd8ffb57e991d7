package dev.triptych.text.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.SessionOptions;
import dev.triptych.engine.onnx.OnnxModelSessions;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.testkit.Fixtures;
import dev.triptych.text.decoding.search.SearchCases;
import dev.triptych.text.generation.GeneratedSequence;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.TokenRules;
import dev.triptych.text.model.Seq2SeqLoader;
import dev.triptych.text.model.Seq2SeqModel;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.RuntimeListener;
import dev.triptych.text.runtime.TextGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Candidates of the shipped CTC decoder, scored by the shipped autoregressive one, against its plain graphs without a cache:
 * the same ranking with the same scores.
 */
class ScoredCandidatesIT {

    private static final String MODEL = "triptych-en-de";
    private static final int CANDIDATES = 6;

    private static ModelRegistry models;
    private static TextGenerator generator;
    private static Seq2SeqModel reference;
    private static List<List<Integer>> prompts;

    @BeforeAll
    static void load(@TempDir Path served, @TempDir Path plain) throws IOException {
        models = TestEngines.open(TestEngines.floatTranslator(served), List.of("plain"), RuntimeListener.NONE);
        generator = models.ready(MODEL).orElseThrow(() -> new AssertionError(models.list()));
        reference = new Seq2SeqLoader(
                        new OnnxModelSessions(), new SessionOptions(new DeviceRequest.Cpu(), 1), List.of("plain"))
                .load(ModelPackage.open(
                        unfused(TestEngines.floatTranslator(plain).resolve(MODEL))));
        prompts = new ArrayList<>();
        JsonMapper.builder()
                .build()
                .readTree(Fixtures.path(MODEL + "/golden-nat.json").toFile())
                .forEach(golden -> prompts.add(SearchCases.ints(golden.get("input_ids"))));
        assertThat(prompts).hasSizeGreaterThan(50);
    }

    private static Path unfused(Path model) throws IOException {
        JsonMapper mapper = JsonMapper.builder().build();
        Path file = model.resolve("triptych.json");
        ObjectNode manifest = (ObjectNode) mapper.readTree(Files.readString(file));
        ((ObjectNode) manifest.path("decoders").path("autoregressive")).remove("fused");
        ((ObjectNode) manifest.path("decoders")).remove(List.of("speculative", "ctc", "mask-predict"));
        mapper.writeValue(file, manifest);
        return model;
    }

    @AfterAll
    static void close() {
        models.close();
        reference.close();
    }

    private static Generation start(List<Integer> prompt, Strategy strategy) {
        return Generation.start(
                generator,
                prompt,
                new GenerationParameters(strategy, 256, TokenRules.NONE, List.of(), OptionalInt.of(0)));
    }

    private static Strategy scored(int n) {
        return new Strategy.Ctc(1, n, OptionalDouble.of(1), CANDIDATES);
    }

    @Test
    void theyAreRankedAsTheDecoderWithoutACacheRanksThem() {
        int moved = 0;
        for (List<Integer> prompt : prompts.subList(0, 30)) {
            List<List<Integer>> beam = ids(start(prompt, new Strategy.Ctc(CANDIDATES, CANDIDATES, OptionalDouble.of(1)))
                    .result());
            GenerationResult result = start(prompt, scored(CANDIDATES)).result();
            assertThat(ids(result)).containsExactlyInAnyOrderElementsOf(beam);
            assertThat(result.timing().steps()).isEqualTo(2);
            List<Double> scores = new ArrayList<>();
            for (GeneratedSequence sequence : result.sequences()) {
                List<Integer> whole = new ArrayList<>(sequence.tokenIds());
                whole.add(reference.rules().eosTokenIds().iterator().next());
                List<Double> expected = ReferenceDecoder.logProbs(reference, prompt, whole);
                double mean = expected.stream().mapToDouble(d -> d).average().orElseThrow();
                assertThat(sequence.score()).as("%s", prompt).isCloseTo(mean, Offset.offset(1e-3));
                for (int i = 0; i < sequence.logProbs().size(); i++) {
                    assertThat((double) sequence.logProbs().get(i)).isCloseTo(expected.get(i), Offset.offset(5e-3));
                }
                scores.add(sequence.score());
            }
            assertThat(scores).isSortedAccordingTo(Comparator.reverseOrder());
            moved += ids(result).getFirst().equals(beam.getFirst()) ? 0 : 1;
        }
        assertThat(moved).as("answers that are not the beam's best").isPositive();
    }

    private static List<List<Integer>> ids(GenerationResult result) {
        return result.sequences().stream().map(GeneratedSequence::tokenIds).toList();
    }

    @Test
    void theyAreTheSameInABatchWithEveryOtherStrategy() {
        List<List<Integer>> alone = new ArrayList<>();
        prompts.subList(0, 40)
                .forEach(prompt -> alone.add(start(prompt, scored(1)).result().tokenIds()));
        List<Strategy> others = List.of(
                new Strategy.Greedy(),
                Strategy.Ctc.bestPath(),
                Strategy.MaskPredict.asTheModelHasIt(),
                new Strategy.Speculative());
        List<Generation> together = new ArrayList<>();
        List<Generation> beside = new ArrayList<>();
        for (int i = 0; i < alone.size(); i++) {
            together.add(start(prompts.get(i), scored(1)));
            beside.add(start(prompts.get(i), others.get(i % others.size())));
        }
        for (int i = 0; i < alone.size(); i++) {
            assertThat(together.get(i).result().tokenIds())
                    .as("%s", prompts.get(i))
                    .isEqualTo(alone.get(i));
            assertThat(beside.get(i).result().message()).isEmpty();
        }
    }

    @Test
    void revisedDraftsAreAtLeastAsLikelyAsTheDraftsAndSometimesLikelier() {
        int better = 0;
        for (List<Integer> prompt : prompts.subList(0, 30)) {
            GenerationResult drafts = start(prompt, scored(1)).result();
            GenerationResult revised = start(prompt, Strategy.MaskPredict.drafted(OptionalInt.of(1), CANDIDATES))
                    .result();
            assertThat(revised.score()).as("%s", prompt).isGreaterThanOrEqualTo(drafts.score() - 1e-4);
            assertThat(revised.timing().steps()).isEqualTo(3);
            better += revised.score() > drafts.score() + 1e-3 ? 1 : 0;
            List<Integer> whole = new ArrayList<>(revised.tokenIds());
            whole.add(reference.rules().eosTokenIds().iterator().next());
            assertThat(revised.score())
                    .isCloseTo(
                            ReferenceDecoder.logProbs(reference, prompt, whole).stream()
                                    .mapToDouble(d -> d)
                                    .average()
                                    .orElseThrow(),
                            Offset.offset(1e-3));
        }
        assertThat(better).isPositive();
    }

    @Test
    void withoutAWordOfItMaskPredictBeginsWithDrafts() {
        List<Integer> prompt = prompts.getFirst();
        GenerationResult asked = start(prompt, Strategy.MaskPredict.drafted(OptionalInt.of(1), 4))
                .result();
        GenerationResult unasked =
                start(prompt, Strategy.MaskPredict.asTheModelHasIt()).result();
        assertThat(unasked.tokenIds()).isEqualTo(asked.tokenIds());
        assertThat(unasked.timing().steps()).isEqualTo(3);
    }

    @Test
    void theLongestPromptWithTheMostCandidatesIsAnsweredWithinBoundedMemory() {
        List<Integer> prompt = new ArrayList<>();
        while (prompt.size() < generator.limits().maxPromptTokens() - 1) {
            prompt.add(prompts.get(2).get(prompt.size() % (prompts.get(2).size() - 1)));
        }
        prompt.add(prompts.get(2).getLast());
        GenerationResult result = start(prompt, new Strategy.Ctc(1, 1, OptionalDouble.empty(), 16))
                .result();
        assertThat(result.tokenIds()).isNotEmpty();
        assertThat(result.message()).isEmpty();
    }
}
