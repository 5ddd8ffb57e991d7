package dev.triptych.text.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.SessionOptions;
import dev.triptych.engine.onnx.OnnxModelSessions;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.testkit.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a model is found when it loads, and said. */
class Seq2SeqLoaderIT {

    private static final String TRIPTYCH =
            "{\"task\": \"translation\", \"source\": \"en\", \"target\": \"de\", \"sha256\": {\"config.json\": \"%s\"}}";

    @TempDir
    private Path folder;

    private final Seq2SeqLoader loader =
            new Seq2SeqLoader(new OnnxModelSessions(), new SessionOptions(new DeviceRequest.Cpu(), 1), List.of("int8"));

    @BeforeEach
    void copyModel() throws IOException {
        Path fixture = Fixtures.path("m2m_100");
        try (Stream<Path> files = Files.walk(fixture)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = folder.resolve(fixture.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    @Test
    void aSoundModelLoads() {
        try (Seq2SeqModel model = load()) {
            assertThat(model.shape()).isEqualTo(new Seq2SeqShape(360, 32, 2, 4, 8, 128));
            assertThat(model.placement().device()).isEqualTo("cpu");
        }
    }

    @Test
    void aDamagedFileIsNamed() throws IOException {
        Files.writeString(folder.resolve("triptych.json"), TRIPTYCH.formatted("0".repeat(64)));
        assertThatThrownBy(this::load).hasMessageContaining("config.json has SHA-256");
    }

    @Test
    void aGraphThatIsNoGraphIsNamed() throws IOException {
        Files.writeString(folder.resolve("onnx/decoder_model.onnx"), "nonsense");
        assertThatThrownBy(this::load).hasMessageContaining("decoder_model.onnx");
    }

    @Test
    void aMissingGraphIsNamedWithTheVariantsTried() throws IOException {
        Files.delete(folder.resolve("onnx/encoder_model.onnx"));
        assertThatThrownBy(this::load).hasMessageContaining("no encoder_model.onnx; variants tried: [int8, ]");
    }

    @Test
    void aGraphOfAnotherSignatureIsRefusedWithEveryDifference() throws IOException {
        replaceInConfig("\"decoder_layers\":2", "\"decoder_layers\":3");
        assertThatThrownBy(this::load)
                .hasMessageContaining("decoder_model lacks the output present.2.decoder.key")
                .hasMessageContaining("decoder_with_past_model lacks the input past_key_values.2.encoder.value");
    }

    @Test
    void graphsInEachOthersPlacesAreRefused() throws IOException {
        Path first = folder.resolve("onnx/decoder_model.onnx");
        Files.delete(first);
        Files.copy(folder.resolve("onnx/decoder_with_past_model.onnx"), first);
        assertThatThrownBy(this::load).hasMessageContaining("asks for inputs that this layout does not have");
    }

    @Test
    void aTokenizerOfALargerVocabularyIsRefused() throws IOException {
        replaceInConfig("\"vocab_size\":360", "\"vocab_size\":300");
        assertThatThrownBy(this::load)
                .hasMessageContaining("the tokenizer knows 360 ids, the model's vocabulary has 300");
    }

    @Test
    void aSettingBeyondTheVocabularyIsRefused() throws IOException {
        Files.writeString(
                folder.resolve("generation_config.json"),
                "{\"decoder_start_token_id\": 2, \"eos_token_id\": 2, \"forced_bos_token_id\": 4000}");
        assertThatThrownBy(this::load).hasMessageContaining("the token 4000");
    }

    @Test
    void aMissingTokenizerIsNamed() throws IOException {
        Files.delete(folder.resolve("tokenizer.json"));
        assertThatThrownBy(this::load).hasMessageContaining("no tokenizer.json");
    }

    private void replaceInConfig(String from, String to) throws IOException {
        Path config = folder.resolve("config.json");
        String text = Files.readString(config);
        assertThat(text).contains(from);
        Files.writeString(config, text.replace(from, to));
    }

    private Seq2SeqModel load() {
        return loader.load(ModelPackage.open(folder));
    }
}
