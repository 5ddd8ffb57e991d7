package dev.triptych.benchmarks.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scores and tokens against those of sacrebleu 2.5 for the same texts. */
class QualityTest {

    private static final List<String> OUTPUTS = List.of(
            "Das Bild wird im Ordner \"Bilder\" gespeichert.",
            "Öffnen Sie die Datei mit dem Befehl »open -a 1.5«, dann auf OK.",
            "Der Wert 3,14 ist größer als 2-mal der alte.",
            "Kein Treffer",
            "Die Option --verbose gibt mehr aus; siehe man(1).",
            "Ein & Zeichen und ein Preis von 5$ (netto).");
    private static final List<String> REFERENCES = List.of(
            "Das Bild wird in dem Ordner \"Bilder\" gespeichert.",
            "Öffnen Sie die Datei mit »open -a 1.5« und klicken Sie auf OK.",
            "Der Wert 3,14 ist größer als 2-mal der alte Wert.",
            "Es gibt nichts",
            "Die Option --verbose gibt mehr aus; siehe man(1).",
            "Ein &-Zeichen und ein Preis von 5 $ (netto).");
    private static final Offset<Double> EXACT = Offset.offset(1e-9);

    @Test
    void aCorpusScoresAsSacrebleuHasIt() {
        assertThat(Bleu.of(OUTPUTS, REFERENCES)).isCloseTo(72.53303754830728, EXACT);
        assertThat(Chrf.of(OUTPUTS, REFERENCES)).isCloseTo(81.16912160302083, EXACT);
    }

    @Test
    void smoothingAndBrevityAreSacrebleus() {
        List<String> outputs = List.of(OUTPUTS.get(0), OUTPUTS.get(3));
        List<String> references = List.of(REFERENCES.get(0), REFERENCES.get(3));
        assertThat(Bleu.of(outputs, references)).isCloseTo(51.836207564324276, EXACT);
        assertThat(Chrf.of(outputs, references)).isCloseTo(71.017167377486, EXACT);
        assertThat(Bleu.of(List.of("a b c d"), List.of("a x c d"))).isCloseTo(35.35533905932737, EXACT);
        assertThat(Bleu.of(List.of("Haus am See heute"), List.of("das alte Haus am See")))
                .isCloseTo(46.30777161991026, EXACT);
    }

    @ParameterizedTest
    @CsvSource({"x y, x y, 0", "u v, x y, 0", "'', x y, 0"})
    void whatHasNoFourTokensInCommonScoresNothing(String output, String reference, double score) {
        assertThat(Bleu.of(List.of(output), List.of(reference))).isEqualTo(score);
    }

    @ParameterizedTest
    @CsvSource({"u v, x y, 0", "abc, abd, 38.888888888888886", "x y, x y, 100"})
    void characterScoresOfShortTexts(String output, String reference, double score) {
        assertThat(Chrf.of(List.of(output), List.of(reference))).isCloseTo(score, EXACT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Preis: 1.000,50 Euro (ca. 3-4 %). | Preis : 1.000,50 Euro ( ca . 3 - 4 % ) .
            a.b,c 1.5-2 "x" &amp; y           | a . b , c 1.5 - 2 " x " & y
            2,5. Ende... [x]~`@               | 2,5 . Ende . . . [ x ] ~ ` @
            http://a-b.c/d?e=f&g              | http : / / a-b . c / d ? e = f & g
            """)
    void tokensAreThoseOf13a(String text, String tokens) {
        assertThat(String.join(" ", Bleu.tokens(text))).isEqualTo(tokens);
    }

    @Test
    void everyOutputNeedsAReference() {
        assertThatThrownBy(() -> Bleu.of(List.of("a"), List.of()))
                .hasMessage("1 outputs cannot be held against 0 references");
    }
}
