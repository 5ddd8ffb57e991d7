package dev.triptych.local.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ProgressTest {

    @Test
    void rateAndTimeLeftFollowFromThisClientsOwnWork() {
        ProgressEstimate estimate = new ProgressEstimate(2000, 1000, "lines");

        assertThat(estimate.describe(1200, Duration.ofSeconds(10)))
                .isEqualTo("1,200 of 2,000 lines, 20.0 lines/s, 0:40 left");
    }

    @Test
    void withoutProgressThereIsNoRate() {
        ProgressEstimate estimate = new ProgressEstimate(10, 3, "lines");

        assertThat(estimate.describe(3, Duration.ofSeconds(9))).isEqualTo("3 of 10 lines");
        assertThat(estimate.describe(4, Duration.ZERO)).isEqualTo("4 of 10 lines");
    }

    @Test
    void clocksHaveHoursOnlyWhereNeeded() {
        assertThat(ProgressEstimate.clock(Duration.ofSeconds(59))).isEqualTo("0:59");
        assertThat(ProgressEstimate.clock(Duration.ofSeconds(3599))).isEqualTo("59:59");
        assertThat(ProgressEstimate.clock(Duration.ofSeconds(36005))).isEqualTo("10:00:05");
    }

    @Test
    void plainLinesComeNowAndThenAndAtTheEnd() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SteppingClock clock = new SteppingClock();
        try (LineProgressView view = new LineProgressView(
                new PrintStream(out, true, StandardCharsets.UTF_8), "a.txt", 100, "lines", clock)) {
            view.update(0);
            for (int second = 1; second <= 10; second++) {
                clock.now = clock.now.plusSeconds(1);
                view.update(second * 10L);
            }
        }

        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "a.txt: 0 of 100 lines",
                        "a.txt: 50 of 100 lines, 10.0 lines/s, 0:05 left",
                        "a.txt: 100 of 100 lines, 10.0 lines/s, 0:00 left");
    }

    @Test
    void savedProgressIsReadAsWritten() throws ClientException {
        assertThat(JobState.sent(JobState.metadata(1500))).isEqualTo(1500);
        assertThatThrownBy(() -> JobState.sent("")).isInstanceOf(ClientException.class);
    }

    private static final class SteppingClock extends Clock {
        private Instant now = Instant.EPOCH;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
