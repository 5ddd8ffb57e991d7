package dev.triptych.text.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.triptych.testkit.Fixtures;
import dev.triptych.text.decoding.constraint.RandomSchema;
import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GeneratedSequence;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.OutputFormat;
import dev.triptych.text.generation.ParameterException;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.TokenAutomaton;
import dev.triptych.text.generation.TokenRules;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.RuntimeListener;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.text.runtime.TokenStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Outputs of real graphs with random weights, held to a form: what such models say by themselves fits none. */
class ConstrainedIT {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final List<String> MODELS = List.of("gpt2", "llama", "qwen2", "qwen3");
    private static final String CODE = "[a-f]{3}(?:-\\d{2}){2}é?";

    private static ModelRegistry models;

    @BeforeAll
    static void open() {
        models = TestEngines.open(Fixtures.path(""), RuntimeListener.NONE);
    }

    @AfterAll
    static void close() {
        models.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void whatIsSampledParsesAndConformsToItsSchema(long seed) {
        TextGenerator generator = model(MODELS.get((int) (seed % MODELS.size())));
        String text = new RandomSchema(new Random(seed)).next();
        JsonNode node = JSON.readTree(text);
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(node);
        TokenAutomaton automaton =
                generator.constrain(new OutputFormat.JsonSchema("schema", JSON.treeToValue(node, Object.class)));
        GenerationParameters parameters =
                new GenerationParameters(new Strategy.Sample(1.5, 0, 1, 0, 1, seed, 6, 6), 100).within(automaton);
        List<GeneratedSequence> sequences =
                Generation.start(generator, List.of(5, 6), parameters).result().sequences();
        assertThat(sequences).hasSize(6);
        for (GeneratedSequence sequence : sequences) {
            String output = generator.decode(sequence.tokenIds());
            if (sequence.reason() == FinishReason.STOP) {
                assertThat(schema.validate(JSON.readTree(output)))
                        .as("seed %d: %s of %s", seed, output, text)
                        .isEmpty();
            } else {
                assertThat(sequence.reason()).isEqualTo(FinishReason.LENGTH);
                assertThat(walk(automaton, sequence.tokenIds()))
                        .as("seed %d: %s of %s", seed, output, text)
                        .isNotEqualTo(TokenAutomaton.DEAD);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama", "qwen2", "qwen3"})
    void everyStrategyKeepsToARegularExpression(String model) {
        TextGenerator generator = model(model);
        for (Strategy strategy : List.of(
                new Strategy.Greedy(),
                Strategy.Beam.of(5, 5),
                new Strategy.Beam(4, 4, OptionalDouble.empty(), Optional.empty(), 2, 0.5),
                new Strategy.Sample(1.5, 0, 0.9, 0, 1, 3, 4, 4))) {
            List<GeneratedSequence> sequences = Generation.start(
                            generator, List.of(5, 6), new GenerationParameters(strategy, 40).within(code(generator)))
                    .result()
                    .sequences();
            assertThat(sequences).hasSize(strategy.outputs());
            for (GeneratedSequence sequence : sequences) {
                assertThat(sequence.reason()).as(strategy.name()).isEqualTo(FinishReason.STOP);
                assertThat(generator.decode(sequence.tokenIds()))
                        .as(strategy.name())
                        .matches(Pattern.compile(CODE));
            }
        }
    }

    @Test
    void beamsThatRunOutOfOutputsEndWithThoseThereAre() {
        TextGenerator generator = model("llama");
        TokenAutomaton two = generator.constrain(new OutputFormat.OneOf("choice", List.of("yes", "no")));
        for (Strategy strategy : List.of(
                Strategy.Beam.of(6, 6), new Strategy.Beam(6, 6, OptionalDouble.empty(), Optional.empty(), 3, 0.5))) {
            assertThat(Generation.start(generator, List.of(5), new GenerationParameters(strategy, 20).within(two))
                            .result()
                            .sequences())
                    .isNotEmpty()
                    .allSatisfy(sequence ->
                            assertThat(generator.decode(sequence.tokenIds())).isIn("yes", "no"));
        }
    }

    @Test
    void rowsWithAndWithoutAFormDoNotMindEachOther() {
        TextGenerator generator = model("llama");
        List<GenerationParameters> all = new ArrayList<>();
        for (Strategy strategy :
                List.of(new Strategy.Greedy(), Strategy.Beam.of(3), new Strategy.Sample(1.5, 0, 1, 0, 1, 9, 2, 2))) {
            all.add(new GenerationParameters(strategy, 30));
            all.add(new GenerationParameters(strategy, 30).within(code(generator)));
        }
        List<Generation> together = all.stream()
                .map(parameters -> Generation.start(generator, List.of(5, 6, 7), parameters))
                .toList();
        for (int i = 0; i < all.size(); i++) {
            assertThat(together.get(i).result().sequences().stream().map(GeneratedSequence::tokenIds))
                    .as("%s", all.get(i))
                    .isEqualTo(Generation.start(generator, List.of(5, 6, 7), all.get(i)).result().sequences().stream()
                            .map(GeneratedSequence::tokenIds)
                            .toList());
        }
    }

    @Test
    void aStreamIsTheWholeAnswerInPieces() {
        TextGenerator generator = model("qwen2");
        Generation generation = Generation.start(
                generator, List.of(5, 6), GenerationParameters.greedy(40).within(code(generator)));
        List<Integer> ids = generation.result().tokenIds();
        assertThat(generation.streamedIds()).isEqualTo(ids);
        TokenStream stream = generator.tokenStream();
        StringBuilder text = new StringBuilder();
        ids.forEach(id -> text.append(stream.add(id)));
        assertThat(text.append(stream.end()).toString()).matches(Pattern.compile(CODE));
    }

    @Test
    void rulesThatForbidWhatIsLeftGiveWay() {
        TextGenerator generator = model("gpt2");
        TokenAutomaton one = generator.constrain(new OutputFormat.OneOf("choice", List.of("x")));
        List<Integer> x = generator.encode("x");
        TokenRules never = new TokenRules(
                OptionalDouble.empty(),
                0,
                0,
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.of(5),
                Optional.of(List.of(x)),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Map.of(),
                Optional.empty(),
                Optional.empty());
        for (Strategy strategy : List.of(new Strategy.Greedy(), Strategy.Beam.of(2), Strategy.Sample.of(4))) {
            assertThat(generator.decode(Generation.start(
                                    generator,
                                    List.of(5),
                                    new GenerationParameters(strategy, 9, never, List.of(), OptionalInt.empty())
                                            .within(one))
                            .result()
                            .tokenIds()))
                    .isEqualTo("x");
        }
    }

    @Test
    void tokensEndWhatIsNotFinished() {
        TextGenerator generator = model("gpt2");
        assertThat(Generation.start(
                                generator,
                                List.of(5),
                                GenerationParameters.greedy(3).within(code(generator)))
                        .result()
                        .reason())
                .isEqualTo(FinishReason.LENGTH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"marian", "t5"})
    void aModelWhoseEncoderReadsThePromptIsNotHeldToAForm(String model) {
        assertThatThrownBy(() -> code(model(model)))
                .isInstanceOf(ParameterException.class)
                .hasMessage("regex needs a causal model, whose output continues its prompt");
    }

    private static TokenAutomaton code(TextGenerator generator) {
        return generator.constrain(new OutputFormat.Regex("regex", CODE));
    }

    private static int walk(TokenAutomaton automaton, List<Integer> ids) {
        int state = automaton.start();
        for (int id : ids) {
            state = state == TokenAutomaton.DEAD ? state : automaton.next(state, id);
        }
        return state;
    }

    private static TextGenerator model(String name) {
        return models.ready(name).orElseThrow(() -> new AssertionError(models.list()));
    }
}
