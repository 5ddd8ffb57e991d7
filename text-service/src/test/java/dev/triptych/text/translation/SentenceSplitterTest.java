package dev.triptych.text.translation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.translation.protection.MarkedText;
import dev.triptych.text.translation.protection.PlaceholderScanner;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SentenceSplitterTest {

    @Test
    void textIsCutAfterEachSentence() {
        assertThat(sentences("Open the file. Is it empty? Close it!"))
                .containsExactly("Open the file.", "Is it empty?", "Close it!");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Ask Dr. Smith about it.",
                "J. R. R. Tolkien wrote it.",
                "Use a browser, e.g. Firefox, to open it.",
                "Version 2.0 is out.",
                "See www.example.org for more.",
                "He works for Acme Inc. in Boston.",
                "\"Really?\" he asked.",
                "See Fig. 3 on the next page."
            })
    void fullStopsInsideASentenceDoNotCutIt(String text) {
        assertThat(sentences(text)).containsExactly(text);
    }

    @Test
    void germanOrdinalsDoNotEndSentences() {
        List<Segment> segments = split(Locale.GERMAN, "Am 3. Oktober ist frei. Nr. 5 z. B. Haus lebt.");
        assertThat(segments)
                .extracting(Segment::text)
                .containsExactly("Am 3. Oktober ist frei.", " ", "Nr. 5 z. B. Haus lebt.");
    }

    @Test
    void aPronounBeforeAFullStopEndsItsSentence() {
        assertThat(sentences("So do I. You too.")).containsExactly("So do I.", "You too.");
    }

    @Test
    void linesNeverShareASentence() {
        assertThat(sentences("A line without end\nand its next line"))
                .containsExactly("A line without end", "and its next line");
    }

    @Test
    void whatHasNoLettersIsCopied() {
        List<Segment> segments = split("----\r\n\r\n\t 12 + 3 = 15\n");
        assertThat(segments).containsExactly(new Segment.Verbatim("----\r\n\r\n\t 12 + 3 = 15\n"));
    }

    @Test
    void whiteSpaceAroundSentencesIsCopied() {
        assertThat(split("  One here.   Two\u00A0there. \n"))
                .containsExactly(
                        new Segment.Verbatim("  "),
                        new Segment.Sentence(MarkedText.plain("One here.")),
                        new Segment.Verbatim("   "),
                        new Segment.Sentence(MarkedText.plain("Two\u00A0there.")),
                        new Segment.Verbatim(" \n"));
    }

    @Test
    void emptyTextHasNoSegments() {
        assertThat(split("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"ja,これは文です。次の文です。", "zh,你好吗？我很好。"})
    void sentencesWithoutSpacesBetweenThemAreCut(String language, String text) {
        assertThat(split(Locale.forLanguageTag(language), text)).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void segmentsJoinedAreTheTextAndSentencesAreTrimmed(int seed) {
        String text = RandomText.of(new Random(seed));
        for (Locale language : List.of(Locale.ENGLISH, Locale.GERMAN, Locale.JAPANESE)) {
            List<Segment> segments = split(language, text);
            assertThat(segments.stream().map(Segment::text).collect(Collectors.joining()))
                    .isEqualTo(text);
            for (Segment segment : segments) {
                if (segment instanceof Segment.Sentence sentence) {
                    assertThat(SentenceSplitter.hasLetter(sentence.text())).isTrue();
                    assertThat(SentenceSplitter.isSpace(sentence.text().charAt(0)))
                            .isFalse();
                    assertThat(SentenceSplitter.isSpace(
                                    sentence.text().charAt(sentence.text().length() - 1)))
                            .isFalse();
                    assertThat(sentence.text()).doesNotContainPattern("[\n\r\u2028\u2029\u0085\u000B\f]");
                } else {
                    assertThat(segment.text()).isNotEmpty();
                }
            }
        }
    }

    static IntStream seeds() {
        return IntStream.range(0, 300);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1. ", "- ", "  * ", "\u2022 ", "a) ", "## ", "> - ", "10) "})
    void listMarksAreNoPartOfASentence(String mark) {
        assertThat(split(mark + "Install the package"))
                .extracting(Segment::text)
                .containsExactly(mark, "Install the package");
    }

    @Test
    void aSentenceIsNotCutWithinWhatIsNotTranslated() {
        assertThat(sentences("See http://a.b/c?D=e. It is {0, choice, 1#One. Two|2#Two}. So."))
                .containsExactly("See http://a.b/c?D=e.", "It is {0, choice, 1#One. Two|2#Two}.", "So.");
    }

    @Test
    void tagsAtTheEdgesOfSentencesStayOutside() {
        assertThat(split("<p>One <b>two.</b> <i>Three four.</i></p>"))
                .extracting(Segment::text)
                .containsExactly("<p>", "One <b>two.</b>", " <i>", "Three four.", "</i></p>");
    }

    private static List<Segment> split(String text) {
        return split(Locale.ENGLISH, text);
    }

    private static List<Segment> split(Locale language, String text) {
        return new SentenceSplitter(language).split(PlaceholderScanner.scan(text));
    }

    private static List<String> sentences(String text) {
        return split(text).stream()
                .filter(Segment.Sentence.class::isInstance)
                .map(Segment::text)
                .toList();
    }
}
