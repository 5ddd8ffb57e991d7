package dev.triptych.text.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.testkit.Fixtures;
import dev.triptych.text.decoding.search.SearchCases;
import dev.triptych.text.generation.GeneratedSequence;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.RuntimeListener;
import dev.triptych.text.runtime.TextGenerator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Beams, rules and n-best over real graphs against Hugging Face's {@code generate()} on the same models: ids equal,
 * token for token, in a batch with all others and alone. Plain graphs run in cohorts, fused ones continuously.
 */
class GoldenSearchIT {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "marian",
                "m2m_100",
                "t5",
                "bart",
                "mbart",
                "gpt2",
                "llama",
                "qwen2",
                "qwen3",
                "marian-fused",
                "m2m_100-fused",
                "bart-fused",
                "mbart-fused"
            })
    void idsAreTheExpectedOnesAloneAndInABatch(String name) {
        List<Golden> goldens = goldens(name);
        try (ModelRegistry models =
                TestEngines.open(folder(name).getParent(), List.of("plain"), RuntimeListener.NONE)) {
            TextGenerator generator = models.ready(folder(name).getFileName().toString())
                    .orElseThrow(() -> new AssertionError(models.list()));
            List<Generation> together =
                    goldens.stream().map(golden -> golden.start(generator)).toList();
            Generation sampledTogether =
                    Generation.start(generator, goldens.getFirst().prompt(), sampled());
            for (int i = 0; i < goldens.size(); i++) {
                goldens.get(i).check(together.get(i), "in a batch");
            }
            for (Golden golden : goldens) {
                golden.check(golden.start(generator), "alone");
            }
            assertThat(Generation.start(generator, goldens.getFirst().prompt(), sampled())
                            .result()
                            .sequences())
                    .as("samples do not depend on their company")
                    .usingRecursiveComparison()
                    .withComparatorForType(Comparator.comparingDouble(score -> Math.rint(score * 1000)), Double.class)
                    .isEqualTo(sampledTogether.result().sequences());
        }
    }

    private static GenerationParameters sampled() {
        return new GenerationParameters(new Strategy.Sample(1.5, 0, 0.95, 0, 1, 41, 3, 3), 20);
    }

    private static Path folder(String name) {
        return Fixtures.path(name);
    }

    private static List<Golden> goldens(String name) {
        Path own = folder(name).resolve("golden-search.json");
        Path file = Files.exists(own) ? own : folder(name.replace("-fused", "")).resolve("golden-search.json");
        List<Golden> goldens = new ArrayList<>();
        for (JsonNode node : JsonMapper.builder().build().readTree(file.toFile())) {
            goldens.add(new Golden(node));
        }
        assertThat(goldens).hasSizeGreaterThan(40);
        return goldens;
    }

    private record Golden(JsonNode json) {

        List<Integer> prompt() {
            return SearchCases.ints(json.get("prompt"));
        }

        Generation start(TextGenerator generator) {
            return Generation.start(generator, prompt(), SearchCases.parameters(json));
        }

        void check(Generation generation, String where) {
            GenerationResult result = generation.result();
            assertThat(result.sequences().stream().map(GeneratedSequence::tokenIds))
                    .as("%s: %s %s", where, json, result.message())
                    .isEqualTo(SearchCases.lists(json.get("output_ids")));
            for (int i = 0; i < result.sequences().size(); i++) {
                assertThat(result.sequences().get(i).score())
                        .as("%s: score %d of %s", where, i, json)
                        .isCloseTo(json.get("scores").get(i).doubleValue(), Offset.offset(2e-3));
            }
            assertThat(generation.streamedIds())
                    .as("%s, streamed: %s", where, json)
                    .isEqualTo(result.tokenIds());
        }
    }
}
