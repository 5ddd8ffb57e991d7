package dev.triptych.text.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.testkit.Fixtures;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.RuntimeListener;
import dev.triptych.text.runtime.TextGenerator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The engine over real graphs against what Hugging Face made of the same models. */
class GoldenGreedyIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @ParameterizedTest
    @ValueSource(strings = {"marian", "m2m_100"})
    void idsEqualHuggingFacesAloneAndInABatch(String family) {
        List<Golden> goldens = goldens(family);
        try (ModelRegistry models = TestEngines.open(Fixtures.path(""), RuntimeListener.NONE)) {
            TextGenerator generator = models.ready(family).orElseThrow(() -> new AssertionError(models.list()));
            for (Golden golden : goldens) {
                Generation alone = Generation.start(generator, golden.inputIds(), golden.maxNewTokens());
                assertThat(alone.result().tokenIds()).as("alone: %s", golden).isEqualTo(golden.outputIds());
                assertThat(alone.streamedIds()).as("streamed: %s", golden).isEqualTo(golden.outputIds());
            }
            List<Generation> together = goldens.stream()
                    .map(golden -> Generation.start(generator, golden.inputIds(), golden.maxNewTokens()))
                    .toList();
            for (int i = 0; i < goldens.size(); i++) {
                assertThat(together.get(i).result().tokenIds())
                        .as("in a batch: %s", goldens.get(i))
                        .isEqualTo(goldens.get(i).outputIds());
            }
        }
    }

    private static List<Golden> goldens(String family) {
        List<Golden> goldens = new ArrayList<>();
        for (JsonNode node :
                JSON.readTree(Fixtures.path(family + "/golden-greedy.json").toFile())) {
            goldens.add(new Golden(
                    ids(node.get("input_ids")), node.get("max_new_tokens").intValue(), ids(node.get("output_ids"))));
        }
        assertThat(goldens).isNotEmpty();
        return goldens;
    }

    private static List<Integer> ids(JsonNode array) {
        List<Integer> ids = new ArrayList<>();
        array.forEach(id -> ids.add(id.intValue()));
        return ids;
    }

    private record Golden(List<Integer> inputIds, int maxNewTokens, List<Integer> outputIds) {}
}
