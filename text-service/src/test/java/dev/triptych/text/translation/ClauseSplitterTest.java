package dev.triptych.text.translation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.translation.protection.MarkedText;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClauseSplitterTest {

    @Test
    void aSemicolonNearTheMiddleWinsOverACommaAtIt() {
        assertThat(left("one two three four five; six seven, eight nine ten eleven"))
                .isEqualTo("one two three four five;");
    }

    @Test
    void aCommaWinsOverASpace() {
        assertThat(left("one two three, four five six seven")).isEqualTo("one two three,");
    }

    @Test
    void aSemicolonAtTheEdgeLosesToASpaceInTheMiddle() {
        assertThat(left("a; one two three four five six seven eight")).isEqualTo("a; one two three four");
    }

    @Test
    void aWordWithoutEndIsCutBetweenCharacters() {
        assertThat(left("abcdefgh")).isEqualTo("abcd");
        assertThat(left("\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00")).isEqualTo("\uD83D\uDE00\uD83D\uDE00");
        assertThat(left("aae\u0301aa")).isEqualTo("aae\u0301");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void bothHalvesHaveSomethingAndNothingIsLost(int seed) {
        String sentence = RandomText.of(new Random(seed)).strip();
        if (sentence.isEmpty()
                || sentence.codePointCount(0, sentence.length()) < 2
                || SentenceSplitter.isSpace(sentence.charAt(0))
                || SentenceSplitter.isSpace(sentence.charAt(sentence.length() - 1))) {
            sentence = "ab";
        }
        ClauseSplitter.Cut cut = ClauseSplitter.cut(MarkedText.plain(sentence));
        assertThat(cut.leftEnd()).isPositive();
        assertThat(cut.rightStart()).isLessThan(sentence.length());
        assertThat(sentence.substring(cut.leftEnd(), cut.rightStart()).chars())
                .allMatch(c -> SentenceSplitter.isSpace((char) c.intValue()));
        assertThat(Character.isSurrogatePair(sentence.charAt(cut.rightStart() - 1), sentence.charAt(cut.rightStart())))
                .isFalse();
    }

    static IntStream seeds() {
        return IntStream.range(0, 300);
    }

    private static String left(String sentence) {
        return sentence.substring(
                0, ClauseSplitter.cut(MarkedText.plain(sentence)).leftEnd());
    }
}
