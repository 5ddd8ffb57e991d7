package dev.triptych.vision.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.ModelSignature;
import dev.triptych.engine.SessionOptions;
import dev.triptych.engine.TensorSpec;
import dev.triptych.tensor.DType;
import dev.triptych.testkit.Fixtures;
import dev.triptych.vision.ScriptedSessions;
import dev.triptych.vision.batching.BatchListener;
import dev.triptych.vision.batching.BatchSettings;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VisionModelsTest {

    @TempDir
    Path repository;

    private final ScriptedSessions sessions = new ScriptedSessions();
    private VisionModels models;

    @BeforeEach
    void wire() {
        ModelLoader loader = new ModelLoader(
                sessions,
                new SessionOptions(new DeviceRequest.Cpu(), 1),
                new BatchSettings(4, Duration.ZERO, 8),
                new BatchListener() {},
                Clock.systemUTC());
        models = new VisionModels(repository, loader);
    }

    @AfterEach
    void close() {
        models.close();
    }

    @Test
    void aSoundModelIsServed() throws IOException {
        model("flags");
        models.load();
        assertThat(models.serving("flags", TaskKind.CLASSIFICATION).task().labels())
                .containsExactly("circle", "square", "triangle", "star", "nothing");
        assertThat(models.serving(null, TaskKind.CLASSIFICATION).id()).isEqualTo("flags");
        assertThat(models.isHealthy()).isTrue();
    }

    @Test
    void modelsOfOtherServicesArePassedOver() throws IOException {
        Path translation = Files.createDirectory(repository.resolve("en-de"));
        Files.writeString(
                translation.resolve("config.json"),
                "{\"model_type\": \"m2m_100\", \"architectures\": [\"M2M100ForConditionalGeneration\"]}");
        Path broken = Files.createDirectory(repository.resolve("broken-text"));
        Files.writeString(broken.resolve("config.json"), "{");
        models.load();
        assertThat(models.all()).isEmpty();
        assertThatExceptionOfType(TriptychException.Rejected.class)
                .isThrownBy(() -> models.serving("en-de", TaskKind.CLASSIFICATION))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND));
    }

    @Test
    void withoutARepositoryThereAreNoModels() {
        VisionModels none = new VisionModels(
                repository.resolve("missing"),
                new ModelLoader(
                        sessions,
                        new SessionOptions(new DeviceRequest.Cpu(), 1),
                        new BatchSettings(1, Duration.ZERO, 1),
                        new BatchListener() {},
                        Clock.systemUTC()));
        none.load();
        assertThat(none.all()).isEmpty();
        assertThat(none.isLoaded()).isTrue();
    }

    @Test
    void whileModelsLoadTheServiceIsUnavailable() {
        assertThatExceptionOfType(TriptychException.Overloaded.class)
                .isThrownBy(() -> models.serving("flags", TaskKind.CLASSIFICATION))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void aDamagedFileFailsTheChecksums() throws IOException {
        Files.writeString(
                model("flags").resolve("triptych.json"),
                "{\"task\": \"image-classification\", \"sha256\": {\"onnx/model.onnx\": \"" + "0".repeat(64) + "\"}}");
        assertFailed("flags", ModelCheck.CHECKSUMS, "onnx/model.onnx");
    }

    @Test
    void unreadableSettingsFailThePackage() throws IOException {
        Files.writeString(model("flags").resolve("config.json"), "{");
        assertFailed("flags", ModelCheck.PACKAGE, "config.json");
    }

    @Test
    void anUnknownFamilyFailsTheSettings() throws IOException {
        Path folder = model("flags");
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"swin\"}");
        Files.writeString(folder.resolve("triptych.json"), "{\"task\": \"image-classification\"}");
        assertFailed("flags", ModelCheck.SETTINGS, "'swin'");
    }

    @Test
    void labelsThatDoNotFitTheGraphFailTheSettings() throws IOException {
        Files.writeString(
                model("flags").resolve("config.json"),
                "{\"model_type\": \"vit\", \"architectures\": [\"ViTForImageClassification\"],"
                        + " \"id2label\": {\"0\": \"a\", \"1\": \"b\"}}");
        assertFailed("flags", ModelCheck.SETTINGS, "names no class 2");
        assertThat(sessions.closed).isTrue();
    }

    @Test
    void anotherInputSizeFailsTheSignature() throws IOException {
        model("flags");
        sessions.signature = new ModelSignature(
                Map.of("pixel_values", new TensorSpec(DType.FLOAT32, List.of(-1L, 3L, 64L, 64L))),
                Map.of("logits", new TensorSpec(DType.FLOAT32, List.of(-1L, 5L))));
        assertFailed("flags", ModelCheck.SIGNATURE, "height 64");
    }

    @Test
    void scoresThatDependOnTheBatchFailTheWarmUp() throws IOException {
        model("flags");
        sessions.leak = 0.1f;
        assertFailed("flags", ModelCheck.WARM_UP, "0.3");
        assertThat(sessions.closed).isTrue();
    }

    private void assertFailed(String id, ModelCheck check, String reason) {
        models.load();
        assertThat(models.find(id).state()).isInstanceOfSatisfying(ModelEntry.Failed.class, failed -> {
            assertThat(failed.check()).isEqualTo(check);
            assertThat(failed.reason()).contains(reason);
        });
        assertThatExceptionOfType(TriptychException.Rejected.class)
                .isThrownBy(() -> models.serving(id, TaskKind.CLASSIFICATION))
                .withMessageContaining(check.id());
    }

    /** A copy of the tiny ViT's package. */
    private Path model(String name) throws IOException {
        Path folder = Files.createDirectories(repository.resolve(name).resolve("onnx"))
                .getParent();
        for (String file : List.of("config.json", "preprocessor_config.json", "onnx/model.onnx")) {
            Files.copy(Fixtures.path("vit/" + file), folder.resolve(file));
        }
        return folder;
    }
}
