package dev.triptych.text.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.generation.EmbeddingRequest;
import dev.triptych.text.generation.Priority;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EmbeddingBatchTest {

    @Test
    void aLongTextIsNotInABatchWithOneLessThanHalfAsLong() {
        List<PendingEmbedding> waiting = texts(3000, 1400, 1600, 20);
        assertThat(lengths(waiting, 8192)).containsExactly(20);
        assertThat(lengths(waiting.subList(0, 3), 8192)).containsExactly(1400, 1600);
        assertThat(lengths(List.of(waiting.get(0), waiting.get(2)), 8192)).containsExactly(1600, 3000);
    }

    @Test
    void shortTextsShareABatchWhateverTheirLengths() {
        assertThat(lengths(texts(2, 64, 30), 8192)).containsExactly(2, 30, 64);
        assertThat(lengths(texts(2, 65, 30), 8192)).containsExactly(2, 30);
    }

    @Test
    void aBatchHasAtMostSoManyPaddedPositions() {
        assertThat(lengths(texts(100, 100, 100), 250)).containsExactly(100, 100);
    }

    private static List<Integer> lengths(List<PendingEmbedding> waiting, int maxTokens) {
        return new EmbeddingBatch(64, maxTokens)
                .next(waiting).stream().map(PendingEmbedding::length).toList();
    }

    private static List<PendingEmbedding> texts(int... lengths) {
        return Stream.of(lengths)
                .flatMapToInt(java.util.Arrays::stream)
                .mapToObj(length -> new PendingEmbedding(
                        new EmbeddingRequest(
                                "t", Collections.nCopies(length, 1), Priority.INTERACTIVE, Optional.empty()),
                        outcome -> {},
                        0,
                        Long.MAX_VALUE,
                        RequestTrace.NONE))
                .toList();
    }
}
