package dev.triptych.text.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.testkit.Fixtures;
import dev.triptych.text.generation.ChatPrompt;
import dev.triptych.text.runtime.ModelDescription;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.RuntimeListener;
import dev.triptych.text.runtime.TextGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sound models pass every check with their figures told; exports that went wrong are refused by the property they lack. */
class VerificationIT {

    @TempDir
    private Path repository;

    @ParameterizedTest
    @ValueSource(strings = {"plain", "quantized"})
    void soundModelsPassAndSayByHowMuch(String variant) {
        try (ModelRegistry models = TestEngines.open(Fixtures.path(""), List.of(variant), RuntimeListener.NONE)) {
            assertThat(models.list()).hasSizeGreaterThan(8);
            for (ModelDescription model : models.list()) {
                assertThat(model.status()).as("%s", model).isEqualTo(ModelDescription.Status.READY);
                assertThat(model.checks()).as("%s", model).allMatch(ModelDescription.Check::passed);
                assertThat(model.checks().stream().map(ModelDescription.Check::name))
                        .as("%s", model)
                        .contains("vocabulary", "signature", "determinism", "padding", "batch");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "encoder-padding-leaks, padding",
        "decoder-padding-leaks, padding",
        "cached-padding-leaks, padding",
        "cache-shifted, cache",
        "dropout-left-on, determinism",
        "mask-missing, causality",
        "positions-frozen, cache",
        "causal-padding-leaks, padding",
        "causal-cache-shifted, cache",
        "causal-positions-frozen, positions",
        "causal-dropout-left-on, determinism",
        "causal-mask-missing, causality"
    })
    void anExportThatWentWrongIsRefusedByName(String fixture, String property) throws IOException {
        Path overlay = Fixtures.path("broken/" + fixture);
        Folders.copy(
                Fixtures.path(
                        "broken/" + Files.readString(overlay.resolve("base")).strip()),
                repository.resolve("model"));
        try (ModelRegistry sound = TestEngines.open(repository, RuntimeListener.NONE)) {
            assertThat(sound.list().getFirst().status())
                    .as("%s", sound.list())
                    .isEqualTo(ModelDescription.Status.READY);
        }
        Folders.copy(overlay, repository.resolve("model"));
        try (ModelRegistry broken = TestEngines.open(repository, RuntimeListener.NONE)) {
            ModelDescription model = broken.list().getFirst();
            assertThat(model.status()).isEqualTo(ModelDescription.Status.FAILED);
            assertThat(model.problems()).anyMatch(problem -> problem.startsWith(property + ": "));
            assertThat(model.checks())
                    .anyMatch(check -> check.name().equals(property)
                            && !check.passed()
                            && check.measured().isPresent()
                            && check.bound().isPresent());
        }
    }

    @Test
    void aModelWithAChatTemplateReadsConversations() {
        try (ModelRegistry models = TestEngines.open(Fixtures.path(""), RuntimeListener.NONE)) {
            TextGenerator qwen = models.ready("qwen2").orElseThrow();
            Map<String, @Nullable Object> values = Map.of(
                    "messages", List.of(Map.of("role", "user", "content", "Open")), "add_generation_prompt", true);
            ChatPrompt prompt = qwen.chat().orElseThrow().encode(values);
            assertThat(prompt).isInstanceOfSatisfying(ChatPrompt.Encoded.class, encoded -> {
                assertThat(encoded.tokenIds()).startsWith(1).containsOnlyOnce(2);
                assertThat(qwen.decode(encoded.tokenIds())).isEqualTo("user\nOpen\nassistant\n");
            });
            assertThat(models.ready("gpt2").orElseThrow().chat()).isEmpty();
        }
    }

    /** It would take padding for tokens; alone its ids are those of the same model with positions. */
    @Test
    void aGraphThatCountsPositionsItselfRunsOneRowAtATime() throws IOException {
        Folders.copy(Fixtures.path("broken/sound-causal"), repository.resolve("told"));
        Folders.copy(Fixtures.path("broken/sound-causal"), repository.resolve("counts"));
        Folders.copy(Fixtures.path("broken/causal-without-positions"), repository.resolve("counts"));
        try (ModelRegistry models = TestEngines.open(repository, RuntimeListener.NONE)) {
            assertThat(models.list())
                    .as("%s", models.list())
                    .allMatch(model -> model.status() == ModelDescription.Status.READY);
            assertThat(models.list().getFirst().checks())
                    .anyMatch(check ->
                            check.name().equals("padding") && check.bound().isEmpty());
            TextGenerator told = models.ready("told").orElseThrow();
            TextGenerator counts = models.ready("counts").orElseThrow();
            List<Generation> expected = new ArrayList<>();
            List<Generation> actual = new ArrayList<>();
            for (int length = 1; length < 30; length += 4) {
                List<Integer> prompt =
                        IntStream.range(0, length).mapToObj(i -> 1 + 7 * i).toList();
                expected.add(Generation.start(told, prompt, 12));
                actual.add(Generation.start(counts, prompt, 12));
            }
            for (int i = 0; i < expected.size(); i++) {
                assertThat(actual.get(i).result().tokenIds())
                        .isEqualTo(expected.get(i).result().tokenIds());
            }
        }
    }

    @Test
    void aDamagedFileIsRefusedByItsDigest() throws IOException {
        Folders.copy(Fixtures.path("broken/sound-causal"), repository.resolve("model"));
        Files.writeString(
                repository.resolve("model/triptych.json"),
                "{\"task\": \"text-generation\", \"sha256\": {\"config.json\": \"" + "0".repeat(64) + "\"}}");
        try (ModelRegistry models = TestEngines.open(repository, RuntimeListener.NONE)) {
            assertThat(models.list().getFirst().problems())
                    .singleElement()
                    .asString()
                    .startsWith("files: config.json");
        }
    }
}
