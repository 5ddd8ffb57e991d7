package dev.triptych.text.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.testkit.Fixtures;
import dev.triptych.text.generation.AttentionOutcome;
import dev.triptych.text.generation.AttentionOutcome.Weights;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.RuntimeListener;
import dev.triptych.text.runtime.TextGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Cross-attention's weights against Hugging Face's {@code output_attentions} for the same weights. */
class AttentionIT {

    /** What the same graph may differ by from one processor's kernels to another's: random weights make large logits. */
    private static final double ROUNDING = 5e-4;

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
    @ValueSource(strings = {"m2m_100"})
    void weightsAreHuggingFacesFromAnyThread(String model) {
        TextGenerator generator = models.ready(model).orElseThrow(() -> new AssertionError(models.list()));
        assertThat(generator.description().checks())
                .anySatisfy(check -> assertThat(check.name()).isEqualTo("attention"));
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (JsonNode golden : JsonMapper.shared()
                .readTree(Fixtures.path(model + "/golden-attention.json").toFile())) {
            all.add(CompletableFuture.runAsync(() -> check(generator, golden)));
        }
        assertThat(all).hasSizeGreaterThan(4);
        all.forEach(CompletableFuture::join);
    }

    private static void check(TextGenerator generator, JsonNode golden) {
        JsonNode expected = golden.get("attention");
        AttentionOutcome outcome = generator.attend(ids(golden.get("source_ids")), ids(golden.get("target_ids")));
        assertThat(outcome).isInstanceOf(Weights.class);
        Weights weights = (Weights) outcome;
        assertThat(List.of(weights.layers(), weights.heads(), weights.targets(), weights.sources()))
                .containsExactly(
                        expected.size(),
                        expected.get(0).size(),
                        golden.get("target_ids").size(),
                        golden.get("source_ids").size());
        for (int layer = 0; layer < weights.layers(); layer++) {
            for (int head = 0; head < weights.heads(); head++) {
                for (int target = 0; target < weights.targets(); target++) {
                    for (int source = 0; source < weights.sources(); source++) {
                        assertThat((double) weights.at(layer, head, target, source))
                                .as("layer %d, head %d, target %d, source %d", layer, head, target, source)
                                .isCloseTo(
                                        expected.get(layer)
                                                .get(head)
                                                .get(target)
                                                .get(source)
                                                .doubleValue(),
                                        within(ROUNDING));
                    }
                }
            }
        }
    }

    @Test
    void aPackageWithoutTheGraphHidesItsAttention() {
        for (String model : List.of("marian", "t5", "gpt2")) {
            TextGenerator generator = models.ready(model).orElseThrow(() -> new AssertionError(models.list()));
            assertThat(generator.attend(List.of(5, 6), List.of(7))).as(model).isEqualTo(new AttentionOutcome.Hidden());
        }
    }

    @Test
    void anUnloadedModelIsBusyNotBroken() {
        TextGenerator generator;
        try (ModelRegistry own = TestEngines.open(Fixtures.path(""), RuntimeListener.NONE)) {
            generator = own.ready("m2m_100").orElseThrow();
            assertThat(generator.attend(List.of(5), List.of(6))).isInstanceOf(Weights.class);
        }
        assertThat(generator.attend(List.of(5), List.of(6))).isInstanceOf(AttentionOutcome.Busy.class);
    }

    /** What says Datei was reading file: the alignment that the picture is for. */
    @Test
    void theShippedModelLooksAtTheWordThatItTranslates() {
        try (ModelRegistry shipped = TestEngines.open(TestEngines.shippedModels(), RuntimeListener.NONE)) {
            TextGenerator generator = shipped.ready("triptych-en-de").orElseThrow();
            List<Integer> source = generator.encode("Open the file.");
            List<Integer> target = generator.encode("Öffnen Sie die Datei.");
            Weights weights = (Weights) generator.attend(source, target);
            int file = source.stream().map(generator::tokenName).toList().indexOf("file");
            int datei = target.stream().map(generator::tokenName).toList().indexOf("Datei");
            assertThat(List.of(file, datei)).doesNotContain(-1);
            double best = 0;
            for (int layer = 0; layer < weights.layers(); layer++) {
                for (int head = 0; head < weights.heads(); head++) {
                    best = Math.max(best, weights.at(layer, head, datei, file));
                }
            }
            assertThat(best).isGreaterThan(0.5);
            assertThat(generator.tokenName(target.getLast())).isEqualTo("</s>");
        }
    }

    private static List<Integer> ids(JsonNode list) {
        List<Integer> ids = new ArrayList<>();
        list.forEach(id -> ids.add(id.intValue()));
        return ids;
    }
}
