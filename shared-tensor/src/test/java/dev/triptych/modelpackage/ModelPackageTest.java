package dev.triptych.modelpackage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelPackageTest {

    @TempDir
    private Path repository;

    private Path folder;

    @BeforeEach
    void aModelFolder() throws IOException {
        folder = Files.createDirectory(repository.resolve("toy"));
        write(
                "config.json",
                "{\"model_type\": \"marian\", \"eos_token_id\": 2, \"id2label\": {\"0\": \"a\", \"1\": \"b\"}}");
    }

    @Test
    void onlyFoldersWithSettingsAreModels() throws IOException {
        Files.createDirectory(repository.resolve("not-a-model"));
        Files.writeString(repository.resolve("README.md"), "text");
        assertThat(ModelPackage.find(repository)).containsExactly(folder);
    }

    @Test
    void aMissingRepositoryIsExplained() {
        assertThatThrownBy(() -> ModelPackage.find(repository.resolve("nowhere")))
                .isInstanceOf(ModelPackageException.class)
                .hasMessageContaining("TRIPTYCH_MODELS");
    }

    @Test
    void settingsAreReadByType() {
        ModelPackage model = ModelPackage.open(folder);
        assertThat(model.name()).isEqualTo("toy");
        assertThat(model.modelType()).isEqualTo("marian");
        assertThat(model.config().integers("eos_token_id")).containsExactly(2);
        assertThat(model.config().stringMap("id2label")).containsEntry("1", "b");
        assertThat(model.generationConfig().integer("max_length")).isEmpty();
        assertThat(model.manifest()).isEmpty();
        assertThatThrownBy(() -> model.config().string("eos_token_id"))
                .isInstanceOf(ModelPackageException.class)
                .hasMessageContaining("config.json: 'eos_token_id' must be a string, got 2");
    }

    @Test
    void graphsAreFoundByVariantInOrder() throws IOException {
        ModelPackage model = ModelPackage.open(folder);
        assertThat(model.graph("model", List.of("", "quantized"))).isEmpty();
        write("onnx/model_quantized.onnx", "q");
        assertThat(model.graph("model", List.of("", "quantized")))
                .contains(folder.resolve("onnx/model_quantized.onnx"));
        write("model.onnx", "p");
        assertThat(model.graph("model", List.of("", "quantized"))).contains(folder.resolve("model.onnx"));
        write("onnx/model.onnx", "o");
        assertThat(model.graph("model", List.of("", "quantized"))).contains(folder.resolve("onnx/model.onnx"));
        assertThat(model.graph("model", List.of("fp16"))).isEmpty();
    }

    @Test
    void versionsAreToldApartByWhatCountsInTheirFiles() throws IOException {
        write("onnx/model.onnx", "abc");
        String version = ModelPackage.open(folder).version();
        assertThat(version).matches("[0-9a-f]{12}");
        write("README.md", "a card");
        write(".gitignore", "onnx");
        assertThat(ModelPackage.open(folder).version()).isEqualTo(version);
        write("onnx/model.onnx", "abd");
        assertThat(ModelPackage.open(folder).version()).isNotEqualTo(version);
        write("onnx/model.onnx", "abc");
        assertThat(ModelPackage.open(folder).version()).isEqualTo(version);
        write("more.onnx", "");
        assertThat(ModelPackage.open(folder).version()).isNotEqualTo(version);
    }

    @Test
    void changedAndMissingFilesAreNamed() throws IOException {
        write("a.bin", "abc");
        write("b.bin", "changed");
        // The first digest is that of "abc", from FIPS 180-2's example.
        write("triptych.json", """
                {"task": "text-generation", "sha256": {
                  "a.bin": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                  "b.bin": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                  "c.bin": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}}
                """);
        assertThat(ModelPackage.open(folder).corruptFiles())
                .satisfiesExactlyInAnyOrder(
                        corrupt -> assertThat(corrupt).startsWith("b.bin has SHA-256"),
                        corrupt -> assertThat(corrupt).isEqualTo("c.bin is missing"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|task",
                "{'task':'poetry'}|task",
                "{'task':'translation','source':'en'}|target",
                "{'task':'text-generation','sha256':{'a':'short'}}|sha256",
                "{'task':'text-generation','sha256':{'../a':'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'}}|sha256",
                "{'task':'text-generation','decoders':{'telepathy':{}}}|telepathy",
                "{'task':'text-generation','decoders':{'ctc':{'graphs':['ctc_model'],'blank':0}}}|upsampling",
                "{'task':'text-generation','decoders':{'ctc':{'graphs':[],'blank':0,'upsampling':2}}}|graphs",
                "{'task':'text-generation','decoders':{'ctc':{'graphs':['ctc_model'],'blank':-1,'upsampling':2}}}|blank",
                "{'task':'text-generation','decoders':{'mask-predict':{'graphs':['m'],'iterations':4}}}|mask",
                "{'task':'text-generation','decoders':{'mask-predict':{'graphs':['m'],'mask':3,'iterations':0}}}|iterations",
                "{'task':'object-detection','detection':{'suppression_iou':-0.1}}|suppression_iou",
                "{'task':'object-detection','detection':{'threshold':1.5}}|threshold",
                "{'task':'object-detection','detection':{'treshold':0.5}}|treshold",
            })
    void aManifestThatBreaksItsSchemaIsRefused(String json, String named) throws IOException {
        write("triptych.json", json.replace('\'', '"'));
        assertThatThrownBy(() -> ModelPackage.open(folder))
                .isInstanceOf(ModelPackageException.class)
                .hasMessageContaining("triptych.json breaks its schema")
                .hasMessageContaining(named);
    }

    @Test
    void brokenSettingsAreRefused() throws IOException {
        write("config.json", "{");
        assertThatThrownBy(() -> ModelPackage.open(folder)).hasMessageContaining("is not valid JSON");
        write("config.json", "[]");
        assertThatThrownBy(() -> ModelPackage.open(folder)).hasMessageContaining("must hold a JSON object");
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
