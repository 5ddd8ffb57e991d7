package dev.triptych.text.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.scheduler.AdmissionPolicy;
import dev.triptych.text.scheduler.SchedulingPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Deadlines against what the loop has measured: two rows run at once, a step takes a second, and an output of two tokens
 * and its end three steps.
 */
class DeadlineTest {

    private final LoopFixture fixture = new LoopFixture(
            LoopFixture.Graphs.FUSED, new SchedulingPolicy(2, 1000, 0, 0, 4), new AdmissionPolicy(16, 1000), 1 << 20);

    @BeforeEach
    void measure() {
        fixture.executor.duringStep(() -> fixture.clock.advance(Duration.ofSeconds(1)));
        for (int i = 0; i < 4; i++) {
            fixture.submit("first" + i, List.of(5, 6), 10);
        }
        fixture.settle();
    }

    @Test
    void anIdleModelTakesAnyDeadlineHoweverLongItHasSlept() {
        fixture.clock.advance(Duration.ofDays(1));
        assertThat(submit("a", Duration.ofMillis(1))).isInstanceOf(Submission.Accepted.class);
        assertThat(submit("b", Duration.ofMillis(1))).isInstanceOf(Submission.Accepted.class);
    }

    @Test
    void aDeadlineBeforeThereIsRoomIsRefusedAtOnceAndALaterOneIsMet() {
        // Two rows take three seconds: two thirds of a row end in a second.
        for (int i = 0; i < 6; i++) {
            submit("queued" + i, Duration.ofHours(1));
        }
        assertThat(submit("late", Duration.ofSeconds(7)))
                .isInstanceOfSatisfying(Submission.Overloaded.class, refused -> {
                    assertThat(refused.message()).contains("deadline is in 7000 ms", "6 requests wait");
                    assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(1));
                });
        RecordingSink met = new RecordingSink();
        assertThat(fixture.loop.submit(request("in time", Duration.ofSeconds(13), Priority.INTERACTIVE), met))
                .isInstanceOf(Submission.Accepted.class);
        fixture.settle();
        assertThat(met.result().reason()).isEqualTo(FinishReason.STOP);
        assertThat(fixture.finished).doesNotContain(FinishReason.DEADLINE);
    }

    @Test
    void offlineWorkIsNotInTheWayOfThoseWhoWait() {
        for (int i = 0; i < 6; i++) {
            fixture.loop.submit(request("offline" + i, Duration.ofHours(1), Priority.BATCH), new RecordingSink());
        }
        assertThat(submit("a", Duration.ofSeconds(1))).isInstanceOf(Submission.Accepted.class);
        assertThat(fixture.loop.submit(request("offline", Duration.ofSeconds(1), Priority.BATCH), new RecordingSink()))
                .isInstanceOf(Submission.Overloaded.class);
    }

    @Test
    void anOfflineStepThatTookLongIsPaidBackToThoseWhoWait() {
        fixture.loop.submit(request("offline", Duration.ofHours(1), Priority.BATCH), new RecordingSink());
        fixture.executor.duringStep(() -> fixture.clock.advance(Duration.ofMinutes(1)));
        fixture.loop.runOnce();
        fixture.executor.duringStep(() -> fixture.clock.advance(Duration.ofSeconds(1)));
        int before = fixture.finished.size();
        RecordingSink met = new RecordingSink();
        fixture.submit("interactive", List.of(5, 6, 7, 8, 5, 6, 7, 8, 5, 6, 7, 8, 5, 6, 7, 8), 20, met);
        Instant start = fixture.clock.instant();
        for (int turn = 0; turn < 100 && fixture.finished.size() == before; turn++) {
            fixture.loop.runOnce();
        }
        assertThat(Duration.between(start, fixture.clock.instant())).isEqualTo(Duration.ofSeconds(17));
        assertThat(met.result().reason()).isEqualTo(FinishReason.STOP);
        fixture.settle();
        assertThat(fixture.finished).hasSize(before + 2);
    }

    @Test
    void rowsThatRunAreInTheWayUntilTheyAreGone() {
        fixture.submit("x", List.of(5, 6, 7, 8, 9), 10);
        fixture.submit("y", List.of(5, 6, 7, 8, 9), 10);
        fixture.loop.runOnce();
        assertThat(submit("a", Duration.ofMillis(100))).isInstanceOf(Submission.Overloaded.class);
        fixture.loop.cancel("x");
        fixture.loop.cancel("y");
        fixture.settle();
        assertThat(submit("a", Duration.ofMillis(100))).isInstanceOf(Submission.Accepted.class);
    }

    @Test
    void whoNamesNoDeadlineWaits() {
        for (int i = 0; i < 15; i++) {
            fixture.submit("queued" + i, List.of(5, 6), 10);
        }
        assertThat(fixture.loop.submit(
                        new GenerationRequest(
                                "patient",
                                List.of(5),
                                GenerationParameters.greedy(10),
                                Priority.INTERACTIVE,
                                Optional.empty()),
                        new RecordingSink()))
                .isInstanceOf(Submission.Accepted.class);
    }

    private Submission submit(String id, Duration left) {
        return fixture.loop.submit(request(id, left, Priority.INTERACTIVE), new RecordingSink());
    }

    private GenerationRequest request(String id, Duration left, Priority priority) {
        return new GenerationRequest(
                id,
                List.of(5, 6),
                GenerationParameters.greedy(10),
                priority,
                Optional.of(fixture.clock.instant().plus(left)));
    }
}
