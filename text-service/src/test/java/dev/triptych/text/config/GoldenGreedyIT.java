package dev.triptych.text.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.testkit.Checkout;
import dev.triptych.testkit.Fixtures;
import dev.triptych.text.model.ModelFamily;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.RuntimeListener;
import dev.triptych.text.runtime.TextGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The engine over real graphs against what was generated from the same models elsewhere: by Hugging Face's
 * {@code generate()} for float32 graphs, by a reference decoder over the same graphs for int8 ones. Every fixture with golden ids
 * counts; its model lies beside them or, if it ships, in {@code models/}.
 */
class GoldenGreedyIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String GOLDEN = "golden-greedy.json";

    static List<Suite> suites() {
        List<Suite> suites = new ArrayList<>();
        for (Path folder : children(Fixtures.path(""))) {
            if (Files.exists(folder.resolve(GOLDEN))
                    && ModelFamily.of(ModelPackage.open(model(folder))).isPresent()) {
                suites.add(new Suite(folder, "plain", "output_ids"));
                JsonNode first = JSON.readTree(folder.resolve(GOLDEN).toFile()).get(0);
                for (String variant : List.of("quantized", "int8")) {
                    if (first.has(variant + "_output_ids")) {
                        suites.add(new Suite(folder, variant, variant + "_output_ids"));
                    }
                }
            }
        }
        return suites;
    }

    @Test
    void everyFamilyIsCovered() {
        assertThat(suites().stream().map(Suite::name))
                .contains("marian", "m2m_100", "t5", "bart", "mbart", "gpt2", "llama", "qwen2", "qwen3")
                .contains("marian-fused", "m2m_100-fused", "bart-fused", "mbart-fused");
    }

    @ParameterizedTest
    @MethodSource("suites")
    void idsAreTheExpectedOnesAloneAndInABatch(Suite suite) {
        List<Golden> goldens = suite.goldens();
        Path repository = model(suite.folder()).resolve("..").normalize();
        try (ModelRegistry models = TestEngines.open(repository, List.of(suite.variant()), RuntimeListener.NONE)) {
            TextGenerator generator = models.ready(suite.name()).orElseThrow(() -> new AssertionError(models.list()));
            List<Generation> together =
                    goldens.stream().map(golden -> golden.start(generator)).toList();
            for (int i = 0; i < goldens.size(); i++) {
                assertThat(together.get(i).result().tokenIds())
                        .as("in a batch: %s", goldens.get(i))
                        .isEqualTo(goldens.get(i).outputIds());
            }
            for (Golden golden : goldens) {
                Generation alone = golden.start(generator);
                assertThat(alone.result().tokenIds()).as("alone: %s", golden).isEqualTo(golden.outputIds());
                assertThat(alone.streamedIds()).as("streamed: %s", golden).isEqualTo(golden.outputIds());
            }
        }
    }

    /** Beside its golden ids, or in the repository's {@code models/}. */
    private static Path model(Path folder) {
        if (Files.exists(folder.resolve("config.json"))) {
            return folder;
        }
        return Checkout.path("models/" + folder.getFileName() + "/config.json").getParent();
    }

    private static List<Path> children(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * One model in one variant.
     *
     * @param folder holds the golden ids
     * @param variant suffix of the graphs; without such graphs the plain ones run
     * @param expected the key of the expected ids
     */
    record Suite(Path folder, String variant, String expected) {

        String name() {
            return String.valueOf(folder.getFileName());
        }

        List<Golden> goldens() {
            List<Golden> goldens = new ArrayList<>();
            for (JsonNode node : JSON.readTree(folder.resolve(GOLDEN).toFile())) {
                // int8 has none where two tokens are nearly as good: a last-bit difference tips a rounding.
                if (node.has(expected)) {
                    goldens.add(new Golden(
                            ids(node.get("input_ids")),
                            node.get("max_new_tokens").intValue(),
                            ids(node.get(expected))));
                }
            }
            assertThat(goldens).isNotEmpty();
            return goldens;
        }

        private static List<Integer> ids(JsonNode array) {
            List<Integer> ids = new ArrayList<>();
            array.forEach(id -> ids.add(id.intValue()));
            return ids;
        }

        @Override
        public String toString() {
            return name() + " " + variant;
        }
    }

    record Golden(List<Integer> inputIds, int maxNewTokens, List<Integer> outputIds) {

        Generation start(TextGenerator generator) {
            return Generation.start(generator, inputIds, maxNewTokens);
        }
    }
}
