package dev.triptych.text.translation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.translation.protection.Glossary;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Terms come out as they are wanted, whatever the model does. */
class GlossaryTest {

    private static final Map<String, String> TERMS =
            Map.of("file manager", "Dateiverwaltung", "manager", "Leitung", "the key", "der Knopf", "Git", "Gitt");

    @Test
    void aModelThatKnowsTheTermIsLeftAlone() {
        DamagingGenerator generator = new DamagingGenerator(prompt -> "Die Dateiverwaltung ist offen.");
        assertThat(translate("The file manager is open.", generator).text())
                .isEqualTo("Die Dateiverwaltung ist offen.");
        assertThat(generator.prompts).containsExactly("The file manager is open.");
    }

    @Test
    void otherwiseItIsShownTheTranslationThenAMaskThenPieces() {
        DamagingGenerator generator = new DamagingGenerator(prompt -> prompt.replaceAll("Dateiverwaltung|[%{}]", "x"));
        Translation translation = translate("The file manager is open.", generator);
        assertThat(translation.text()).isEqualTo("The Dateiverwaltung is open.");
        assertThat(generator.prompts)
                .containsExactly(
                        "The file manager is open.",
                        "The Dateiverwaltung is open.",
                        "The %1$s is open.",
                        "The {1} is open.",
                        "The",
                        "is open.");
        assertThat(translation.warnings()).containsExactly("pieces");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Ask a manager now.             | Ask a Leitung now.
            Manager of all                 | Leitung of all
            MANAGER OF IT ALL              | LEITUNG OF IT ALL
            The key and the key            | Der Knopf and der Knopf
            Managers and git and managed   | Managers and git and managed
            Git and {Git} and Git-manager  | Gitt and {Git} and Gitt-Leitung
            """)
    void termsAreWholeWordsInTheirCase(String source, String expected) {
        assertThat(translate(source, new DamagingGenerator(prompt -> prompt)).text())
                .isEqualTo(expected);
    }

    @Test
    void termsWithinMarkupStayWithinIt() {
        UnaryOperator<String> echo = prompt -> prompt;
        Translation translation = new DamagingGenerator(echo)
                .translate(
                        "<p>Ask <b>the manager</b> of <code>manager</code>.</p>",
                        new TranslationRequest.Treatment(TextFormat.HTML, new Glossary(TERMS), true),
                        TextListener.NONE);
        assertThat(translation.text()).isEqualTo("<p>Ask <b>the Leitung</b> of <code>manager</code>.</p>");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyOccurrenceHasTheWantedTranslation(int seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        int wanted = 0;
        for (int i = 0; i < 1 + random.nextInt(12); i++) {
            String word = List.of("open", "a", "manager", "%s", "files").get(random.nextInt(5));
            wanted += word.equals("manager") ? 1 : 0;
            text.append(word).append(random.nextInt(5) == 0 ? ". " : " ");
        }
        String translation = translate(text.toString(), new DamagingGenerator(DamagingGenerator.damaging(random)))
                .text();
        assertThat(Pattern.compile("\\bLeitung\\b")
                        .matcher(translation)
                        .results()
                        .count())
                .as("seed %d: %s -> %s", seed, text, translation)
                .isGreaterThanOrEqualTo(wanted);
    }

    static IntStream seeds() {
        return IntStream.range(0, 300);
    }

    private static Translation translate(String text, DamagingGenerator generator) {
        return generator.translate(
                text, new TranslationRequest.Treatment(TextFormat.TEXT, new Glossary(TERMS), true), TextListener.NONE);
    }
}
