package dev.triptych.local.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PassageTest {

    @Test
    void shortParagraphsAreJoinedAndALongOneIsCutBetweenWords() {
        String text = "First one.\n\nSecond one.\n \n" + "word ".repeat(700) + "\n\nLast.";
        List<String> passages = texts(text);
        assertThat(passages.getFirst()).startsWith("First one.").endsWith("Second one.");
        assertThat(passages.get(1)).startsWith("word").endsWith("word").hasSizeBetween(1000, Passage.LONGEST);
        assertThat(passages.getLast()).endsWith("Last.");
    }

    @Test
    void whiteSpaceAloneGivesNothing() {
        assertThat(Passage.of(" \n\n \t")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void passagesAreInOrderShortEnoughAndLoseNoCharacterThatIsSeen(long seed) {
        Random random = new Random(seed);
        String alphabet = "ab \n\u00e4\ud83d\ude00";
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 4000; i++) {
            int at = alphabet.offsetByCodePoints(0, random.nextInt(6));
            text.appendCodePoint(alphabet.codePointAt(at));
            text.append(random.nextInt(300) == 0 ? "\n\n" : "");
        }
        List<String> passages = texts(text.toString());
        assertThat(passages).allSatisfy(passage -> {
            assertThat(passage.length()).isLessThanOrEqualTo(Passage.LONGEST);
            assertThat(Character.isLowSurrogate(passage.charAt(0))).isFalse();
        });
        assertThat(String.join("", passages).replaceAll("\\s", ""))
                .isEqualTo(text.toString().replaceAll("\\s", ""));
    }

    private static List<String> texts(String text) {
        return Passage.of(text).stream()
                .map(passage -> text.substring(passage.start(), passage.end()))
                .toList();
    }
}
