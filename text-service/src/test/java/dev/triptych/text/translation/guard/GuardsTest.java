package dev.triptych.text.translation.guard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Used with the call command, it waits. | Mit dem Befehl Befehl Befehl wartet es.
            Print the part of an instance.        | Druckt einen Teil einer Instanz einer Instanz einer Instanz.
            Click the icon in the side pane.      | Klicken Sie im Menü Einstellungen im Menü Einstellungen darauf.
            """)
    void wordsThatGoInCirclesAreRepetition(String source, String translation) {
        assertThat(Guards.faults(source, translation)).containsExactly(Fault.REPETITION);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            The files that the user has.                | Die Dateien, die die Benutzerin hat.
            It says no, no, no to that.                 | Es sagt nein, nein, nein dazu.
            Row by row by row                           | Zeile für Zeile für Zeile
            """)
    void whatTheLanguageOrTheSourceRepeatsIsNone(String source, String translation) {
        assertThat(Guards.faults(source, translation)).isEmpty();
    }

    @Test
    void aCopiedSentenceIsFoundThoughAWordWasChanged() {
        assertThat(Guards.faults(
                        "The quick brown fox jumps over the lazy dog", "Der quick brown fox jumps over the lazy dog"))
                .containsExactly(Fault.COPIED);
    }

    @Test
    void namesAndShortTextsMayBeTheSame() {
        assertThat(Guards.faults("Name", "Name")).isEmpty();
        assertThat(Guards.faults("Details: Version Status", "Details: Version Status"))
                .isEmpty();
        assertThat(Guards.faults(
                        "Symmetric algorithms like AES, Blowfish and DES",
                        "Symmetrische Algorithmen wie AES, Blowfish und DES"))
                .isEmpty();
    }

    @Test
    void halfASentenceIsUntranslated() {
        assertThat(Guards.faults(
                        "Views of menubars in the Summary View, Mail View, and Calendar View",
                        "Ansichten und Kalender"))
                .containsExactly(Fault.UNTRANSLATED);
        assertThat(Guards.faults("Terms and conditions", "AGB Bedingungen")).isEmpty();
    }

    @Test
    void aLongSourceIsLookedAtInBoundedTime() {
        String words = "word other ".repeat(100_000);
        assertThat(Guards.faults(words, words)).contains(Fault.COPIED);
    }
}
