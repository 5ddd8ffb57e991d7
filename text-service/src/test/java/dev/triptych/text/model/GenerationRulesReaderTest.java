package dev.triptych.text.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.text.generation.GenerationRules;
import dev.triptych.text.generation.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenerationRulesReaderTest {

    private static final String CONFIG = "{'decoder_start_token_id': 2, 'eos_token_id': 2, 'pad_token_id': 1}";

    @TempDir
    private Path folder;

    @Test
    void everySettingThatGreedyHeedsIsRead() throws IOException {
        GenerationRules rules = read(
                "{}",
                "{'decoder_start_token_id': 7, 'eos_token_id': [0, 3], 'pad_token_id': 7, 'forced_bos_token_id': 5,"
                        + " 'forced_eos_token_id': 0, 'bad_words_ids': [[7], [4, 5], [0]], 'suppress_tokens': [8],"
                        + " 'begin_suppress_tokens': [9], 'num_beams': 4, 'max_length': 12, 'length_penalty': 2.0}");
        assertThat(rules.decoderStartTokenId()).isEqualTo(7);
        assertThat(rules.eosTokenIds()).containsExactly(0, 3);
        assertThat(rules.forcedBosTokenId()).hasValue(5);
        assertThat(rules.forcedEosTokenId()).hasValue(0);
        assertThat(rules.badWordsIds().toString())
                .as("an end-of-sequence token alone is no bad word, as in Hugging Face")
                .isEqualTo("[[7], [4, 5]]");
        assertThat(rules.suppressTokens()).containsExactly(8);
        assertThat(rules.beginSuppressTokens()).containsExactly(9);
    }

    @Test
    void withoutGenerationSettingsTheModelsOwnCount() throws IOException {
        GenerationRules rules =
                read("{'decoder_start_token_id': 2, 'eos_token_id': 2, 'forced_bos_token_id': 6}", null);
        assertThat(rules.forcedBosTokenId()).hasValue(6);
        assertThat(rules.padTokenId()).isEqualTo(2);
    }

    @Test
    void tokenIdsMayStandInEitherFile() throws IOException {
        assertThat(read(CONFIG, "{'max_length': 10}").padTokenId()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'encoder_repetition_penalty': 1.2",
                "'encoder_no_repeat_ngram_size': 3",
                "'sequence_bias': [[[3], 1.0]]",
                "'guidance_scale': 2.0",
                "'forced_decoder_ids': [[1, 5]]",
                "'remove_invalid_values': true"
            })
    void whatWouldChangeTheIdsIsRefusedByName(String setting) {
        String key = setting.substring(1, setting.indexOf('\'', 1));
        assertThatThrownBy(() -> read(CONFIG, "{" + setting + "}")).hasMessageContaining(key);
    }

    @Test
    void numbersThatRequestsMayOverrideAreRead() throws IOException {
        GenerationRules rules = read(
                CONFIG,
                "{'repetition_penalty': 1.2, 'no_repeat_ngram_size': 3, 'min_length': 5, 'min_new_tokens': 4,"
                        + " 'length_penalty': 0.6, 'early_stopping': 'never'}");
        assertThat(rules.defaults())
                .isEqualTo(new GenerationRules.Defaults(1.2, 3, 5, 4, 0.6, Strategy.EarlyStopping.NEVER));
        assertThat(read(CONFIG, "{'early_stopping': true}").defaults().earlyStopping())
                .isEqualTo(Strategy.EarlyStopping.TRUE);
        assertThat(read(CONFIG, "{'early_stopping': false}").defaults()).isEqualTo(GenerationRules.Defaults.NONE);
        assertThat(read(CONFIG, null).defaults()).isEqualTo(GenerationRules.Defaults.NONE);
    }

    @Test
    void settingsThatChangeNothingAreFine() throws IOException {
        assertThat(read(CONFIG, "{'repetition_penalty': 1.0, 'no_repeat_ngram_size': 0, 'min_length': 0}"))
                .isNotNull();
    }

    @Test
    void aMissingStartTokenIsNamed() {
        assertThatThrownBy(() -> read("{'eos_token_id': 2}", null)).hasMessageContaining("decoder_start_token_id");
        assertThatThrownBy(() -> read("{'decoder_start_token_id': 2}", null)).hasMessageContaining("eos_token_id");
    }

    private GenerationRules read(String config, @org.jspecify.annotations.Nullable String generation)
            throws IOException {
        Files.writeString(folder.resolve("config.json"), config.replace('\'', '"'));
        if (generation != null) {
            Files.writeString(folder.resolve("generation_config.json"), generation.replace('\'', '"'));
        }
        ModelPackage modelPackage = ModelPackage.open(folder);
        return new GenerationRulesReader(modelPackage.generationConfig(), modelPackage.config()).read();
    }
}
