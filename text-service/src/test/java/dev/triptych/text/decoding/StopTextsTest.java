package dev.triptych.text.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.generation.FinishReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StopTextsTest {

    private static final List<String> PIECES = List.of("</s>", "a", "b", "ab", "ba", "aab", " ", "c", "ca", "bb");

    private static String text(List<Integer> ids) {
        StringBuilder text = new StringBuilder();
        ids.forEach(id -> text.append(id == 0 ? "" : PIECES.get(id)));
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aSequenceEndsWithTheTokenThatCompletesAStopText(int seed) {
        Random random = new Random(seed);
        List<String> stops = List.of("abba", "c a", "bbb");
        StopRule rule = new StopRule(List.of(0), new StopTexts(stops, StopTextsTest::text));
        for (int round = 0; round < 50; round++) {
            Sequence sequence = new Sequence(List.of(4, 4));
            Hypothesis hypothesis = Hypothesis.ROOT;
            List<Integer> ids = new ArrayList<>();
            boolean ended = false;
            while (!ended && ids.size() < 60) {
                int token = 1 + random.nextInt(PIECES.size() - 1);
                ids.add(token);
                String text = text(ids);
                FinishReason expected = stops.stream().anyMatch(text::contains) ? FinishReason.STOP : null;
                assertThat(rule.after(sequence, token, 100))
                        .as("seed %d: %s", seed, text)
                        .isEqualTo(expected);
                assertThat(rule.after(hypothesis, token, 100))
                        .as("seed %d: %s", seed, text)
                        .isEqualTo(expected);
                sequence.append(token, 0);
                hypothesis = hypothesis.with(token, 0, List.of());
                ended = expected != null;
            }
        }
    }

    @Test
    void anEndTokenAndTheBoundStillEnd() {
        StopRule rule = new StopRule(List.of(0), new StopTexts(List.of("x"), StopTextsTest::text));
        assertThat(rule.after(new Sequence(4), 0, 5)).isEqualTo(FinishReason.STOP);
        assertThat(rule.after(new Sequence(4), 1, 1)).isEqualTo(FinishReason.LENGTH);
        assertThat(rule.after(new Sequence(4), 1, 2)).isNull();
    }
}
