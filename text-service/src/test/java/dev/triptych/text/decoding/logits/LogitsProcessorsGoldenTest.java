package dev.triptych.text.decoding.logits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.testkit.Fixtures;
import dev.triptych.text.decoding.LogitsRow;
import dev.triptych.text.decoding.SearchContext;
import dev.triptych.text.decoding.Sequence;
import dev.triptych.text.decoding.search.SearchCases;
import dev.triptych.text.generation.GenerationRules;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The chain of rules against the chain that Hugging Face's {@code generate()} builds from the same settings. */
class LogitsProcessorsGoldenTest {

    private static final List<String> FILTERS = List.of("temperature", "top_k", "top_p", "min_p", "typical_p");

    @Test
    void scoresAreTheExpectedOnes() {
        int checked = 0;
        for (JsonNode golden : JsonMapper.builder()
                .build()
                .readTree(Fixtures.path("search/golden-processors.json").toFile())) {
            if (FILTERS.stream().anyMatch(golden::has)) {
                continue;
            }
            float[] expected = SearchCases.floats(golden.get("processed"));
            float[] processed = process(golden);
            for (int token = 0; token < expected.length; token++) {
                assertThat(processed[token])
                        .as("token %d of %s", token, golden)
                        .satisfiesAnyOf(
                                value -> assertThat(value).isEqualTo(Float.NEGATIVE_INFINITY),
                                value -> assertThat(value).isFinite());
                if (Float.isInfinite(expected[token])) {
                    assertThat(processed[token])
                            .as("token %d of %s", token, golden)
                            .isEqualTo(expected[token]);
                } else {
                    assertThat(processed[token])
                            .as("token %d of %s", token, golden)
                            .isCloseTo(expected[token], org.assertj.core.data.Offset.offset(2e-5f));
                }
            }
            checked++;
        }
        assertThat(checked).isGreaterThan(80);
    }

    private static float[] process(JsonNode golden) {
        float[] scores = SearchCases.floats(golden.get("scores"));
        Tensor tensor = Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(1, scores.length));
        for (int token = 0; token < scores.length; token++) {
            tensor.setFloat(token, scores[token]);
        }
        List<Integer> history = SearchCases.ints(golden.get("history"));
        int given = golden.get("given").intValue();
        Sequence sequence = new Sequence(history.subList(0, given));
        history.subList(given, history.size()).forEach(id -> sequence.append(id, 0));
        LogitsRow row = new LogitsRow(scores.length).load(tensor, 0);
        SearchContext context =
                new SearchContext(row, sequence, golden.get("max_new_tokens").intValue());
        LogitsProcessors processors = LogitsProcessors.of(GenerationRules.of(2, 0, 1), SearchCases.rules(golden));
        float[] untouched = row.values().clone();
        boolean changes = processors.changes(context);
        processors.apply(context);
        if (!changes) {
            assertThat(row.values())
                    .as("nothing changes where nothing is said to: %s", golden)
                    .isEqualTo(untouched);
        }
        return row.values();
    }
}
