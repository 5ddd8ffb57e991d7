package dev.triptych.benchmarks.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What counts of a batch that runs until its last row ends. */
class StaticBatchesTest {

    private static final int END = 9;

    @Test
    void aRowsTokensCountUpToItsEndAndTheBatchGoesOnToTheLast() {
        StaticBatches batches = new StaticBatches(2, 10, List.of(END));
        BareLoop.Watcher watcher = batches.next();
        assertThat(watcher.stepped(0, new long[] {5, END}, 0)).isTrue();
        assertThat(watcher.stepped(1, new long[] {END + 1, 7}, 0)).isTrue();
        assertThat(watcher.stepped(2, new long[] {END, END}, 0)).isFalse();
        batches.ended(2, 1);
        assertThat(batches.throughput().tokens()).isEqualTo(3 + 1);
        assertThat(batches.throughput().requests()).isEqualTo(2);
        assertThat(batches.throughput().tokensPerSecond()).isCloseTo(2, within(1e-9));
        assertThat(batches.useful()).isCloseTo(4.0 / 6, within(1e-9));
    }

    @Test
    void theBoundEndsWhatHasNotEnded() {
        StaticBatches batches = new StaticBatches(1, 2, List.of(END));
        BareLoop.Watcher watcher = batches.next();
        assertThat(watcher.stepped(0, new long[] {1}, 0)).isTrue();
        assertThat(watcher.stepped(1, new long[] {1}, 0)).isFalse();
        assertThat(batches.useful()).isCloseTo(1, within(1e-9));
    }
}
