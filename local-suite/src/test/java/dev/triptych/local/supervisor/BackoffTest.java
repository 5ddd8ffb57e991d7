package dev.triptych.local.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {

    @Test
    void pausesDoubleUpToTheLongest() {
        Backoff backoff = new Backoff();

        assertThat(Stream.generate(() -> backoff.afterRunOf(Duration.ZERO).toSeconds())
                        .limit(7))
                .containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
    }

    @Test
    void aStableRunBeginsAnew() {
        Backoff backoff = new Backoff();
        backoff.afterRunOf(Duration.ZERO);
        backoff.afterRunOf(Duration.ZERO);

        assertThat(backoff.afterRunOf(Backoff.STABLE)).isEqualTo(Backoff.FIRST);
    }
}
