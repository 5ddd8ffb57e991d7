package dev.triptych.text.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StopFilterTest {

    @Test
    void theTextIsCutWhereTheStopTextThatEndsFirstBegins() {
        assertThat(StopFilter.cut("one two three", List.of("three", "two"))).isEqualTo("one ");
        assertThat(StopFilter.cut("one two three", List.of("e two", "two"))).isEqualTo("on");
        assertThat(StopFilter.cut("one two three", List.of("four"))).isEqualTo("one two three");
        assertThat(StopFilter.cut("", List.of("four"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void piecesJoinToTheTextThatIsCutAsAWhole(int seed) {
        Random random = new Random(seed);
        List<String> stops = List.of("abab", "bb", "cab");
        for (int round = 0; round < 500; round++) {
            StringBuilder whole = new StringBuilder();
            StringBuilder heard = new StringBuilder();
            StopFilter filter = new StopFilter(stops);
            for (int i = random.nextInt(8); i >= 0; i--) {
                StringBuilder piece = new StringBuilder();
                for (int j = random.nextInt(4); j > 0; j--) {
                    piece.append((char) ('a' + random.nextInt(3)));
                }
                whole.append(piece);
                heard.append(filter.add(piece.toString()));
                assertThat(StopFilter.cut(whole.toString(), stops))
                        .as("seed %d: nothing that was heard is taken back", seed)
                        .startsWith(heard.toString());
            }
            heard.append(filter.end());
            assertThat(heard.toString()).as("seed %d", seed).isEqualTo(StopFilter.cut(whole.toString(), stops));
        }
    }
}
