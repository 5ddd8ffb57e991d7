package dev.triptych.modelpackage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrategyMeasurementsTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void aModelFolder() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"marian\"}");
    }

    @Test
    void aPackageNeedNotHaveAny() {
        assertThat(StrategyMeasurements.read(ModelPackage.open(folder))).isEmpty();
    }

    @Test
    void curvesAreReadWithTheirPoints() throws IOException {
        write("""
                {"machine": "two cores", "curves": [
                  {"strategy": "greedy", "bleu": 30.5, "sentences_per_second": {"64": 90, "1": 10.5}},
                  {"strategy": "mask-predict", "iterations": 4, "bleu": 25, "sentences_per_second": {"8": 3}}]}""");
        StrategyMeasurements measured =
                StrategyMeasurements.read(ModelPackage.open(folder)).orElseThrow();
        assertThat(measured.curves().getFirst().strategy()).isEqualTo("greedy");
        assertThat(measured.curves().getFirst().bleu()).isEqualTo(30.5);
        assertThat(measured.curves().getFirst().sentencesPerSecond())
                .containsExactly(java.util.Map.entry(1, 10.5), java.util.Map.entry(64, 90.0));
        assertThat(measured.curves().getLast().iterations()).hasValue(4);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"strategy": "fastest", "bleu": 1, "sentences_per_second": {"1": 1}} | strategy
            {"strategy": "ctc", "bleu": 101, "sentences_per_second": {"1": 1}}   | bleu
            {"strategy": "ctc", "bleu": 1, "sentences_per_second": {}}           | sentences_per_second
            {"strategy": "ctc", "bleu": 1, "sentences_per_second": {"0": 1}}     | sentences_per_second
            {"strategy": "ctc", "bleu": 1, "sentences_per_second": {"1": 0}}     | sentences_per_second
            """)
    void whatBreaksTheSchemaIsNamed(String curve, String named) throws IOException {
        write("{\"curves\": [" + curve + "]}");
        assertThatThrownBy(() -> StrategyMeasurements.read(ModelPackage.open(folder)))
                .isInstanceOf(ModelPackageException.class)
                .hasMessageContaining("strategies.json breaks its schema")
                .hasMessageContaining(named);
    }

    private void write(String text) throws IOException {
        Files.writeString(folder.resolve("strategies.json"), text);
    }
}
