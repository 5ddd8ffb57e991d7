package dev.triptych.text.translation.detection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguageDetectionTest {

    private static final LanguageDetection DETECTION = LanguageDetection.load();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            en | The file could not be opened because it does not exist.
            de | Die Datei konnte nicht geöffnet werden, da es sie nicht gibt.
            fr | Le fichier ne peut pas être ouvert parce qu'il n'existe pas.
            es | El usuario ha cerrado la ventana sin guardar los cambios hechos hoy.
            ja | ファイルを開くことができませんでした。
            """)
    void aSentenceIsInItsLanguage(String language, String text) {
        LanguageGuess first = DETECTION.guesses(text).getFirst();
        assertThat(first.language()).isEqualTo(language);
        assertThat(first.probability()).isBetween(0.9, 1.0);
        assertThat(DETECTION.guesses(text)).isEqualTo(DETECTION.guesses(text));
    }

    @Test
    void ofSomeLanguagesTheLikeliestIsTaken() {
        assertThat(DETECTION
                        .among(List.of("de", "fr"), "Le fichier est ouvert.")
                        .language())
                .isEqualTo("fr");
        assertThat(DETECTION.among(List.of("en"), "42")).isEqualTo(new LanguageGuess("en", 0));
    }
}
