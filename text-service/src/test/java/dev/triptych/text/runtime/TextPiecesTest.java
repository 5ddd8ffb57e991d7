package dev.triptych.text.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextPiecesTest {

    @Test
    void aTextThatFitsIsOnePiece() {
        List<Integer> whole = List.of(101, 5, 6, 102);
        assertThat(TextPieces.of(whole, List.of(5, 6), 4)).containsExactly(whole);
    }

    @ParameterizedTest
    @CsvSource({"3, 3, 3", "100, 12, 10", "101, 12, 11", "7, 8, 2"})
    void piecesHaveTheSpecialTokensAreOfLikeLengthAndGiveTheTextBack(int tokens, int maxTokens, int expected) {
        List<Integer> bare = IntStream.range(0, tokens).boxed().toList();
        List<Integer> whole = new ArrayList<>(List.of(1001));
        whole.addAll(bare);
        whole.add(1002);
        List<List<Integer>> pieces = TextPieces.of(whole, bare, maxTokens);
        if (whole.size() <= maxTokens) {
            assertThat(pieces).containsExactly(whole);
            return;
        }
        assertThat(pieces).hasSize(expected).allSatisfy(piece -> {
            assertThat(piece)
                    .hasSizeLessThanOrEqualTo(maxTokens)
                    .startsWith(1001)
                    .endsWith(1002);
        });
        List<Integer> joined = pieces.stream()
                .flatMap(piece -> piece.subList(1, piece.size() - 1).stream())
                .toList();
        assertThat(joined).isEqualTo(bare);
        int shortest = pieces.stream().mapToInt(List::size).min().orElseThrow();
        int longest = pieces.stream().mapToInt(List::size).max().orElseThrow();
        assertThat(longest - shortest).isLessThanOrEqualTo(1);
    }

    @Test
    void whereTheSpecialTokensCannotBeToldTheTextIsCutAsItIs() {
        assertThat(TextPieces.of(List.of(1, 9, 2, 9), List.of(1, 2), 1)).containsExactly(List.of(1), List.of(2));
    }
}
