package dev.triptych.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class ItemWorkTest {

    private static final ItemOutcome DONE = new ItemOutcome.Answered("model", "type", "payload");

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final List<Duration> waits = new ArrayList<>();
    private final Deque<Runnable> delayed = new ArrayDeque<>();
    private final List<CompletableFuture<ItemOutcome>> attempts = new ArrayList<>();
    private int cancelled;

    private final ItemWork work = new ItemWork(
            () -> {
                CompletableFuture<ItemOutcome> end = new CompletableFuture<>();
                attempts.add(end);
                return new ItemAttempt.Running(end, () -> {
                    cancelled++;
                    end.cancel(false);
                });
            },
            (delay, task) -> {
                waits.add(delay);
                delayed.add(task);
            });

    @Test
    void whatSucceedsIsTriedOnce() {
        work.attempt();
        attempts.getFirst().complete(DONE);
        assertThat(work.outcome()).isCompletedWithValue(DONE);
        assertThat(delayed).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"OVERLOADED", "UNAVAILABLE"})
    void aLackOfRoomIsWaitedForWithoutEndAndEverLonger(ErrorCode code) {
        work.attempt();
        for (int i = 0; i < 50; i++) {
            fail(new TriptychException.Overloaded(code, Duration.ofSeconds(1), "full"));
            assertThat(work.outcome()).isNotDone();
            delayed.remove().run();
        }
        attempts.getLast().complete(DONE);
        assertThat(work.outcome()).isCompletedWithValue(DONE);
        assertThat(waits).startsWith(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(400));
        assertThat(waits).isSorted().last().isEqualTo(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"INTERNAL", "UPSTREAM_FAILED", "DEADLINE_EXCEEDED"})
    void aFaultThatStaysIsTerminalAtTheThirdAttempt(ErrorCode code) {
        TriptychException fault = new TriptychException.Failed(code, "fault", null);
        work.attempt();
        fail(fault);
        delayed.remove().run();
        fail(fault);
        assertThat(work.outcome()).isNotDone();
        delayed.remove().run();
        fail(fault);
        assertThat(work.outcome()).isCompletedWithValue(new ItemOutcome.Failed(fault));
        assertThat(delayed).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"OVERLOADED", "UNAVAILABLE", "INTERNAL", "UPSTREAM_FAILED", "DEADLINE_EXCEEDED", "CANCELLED"},
            mode = Mode.EXCLUDE)
    void aFaultOfTheItemIsTerminalAtOnce(ErrorCode code) {
        TriptychException fault = new TriptychException.Rejected(code, "field", "rule");
        work.attempt();
        fail(fault);
        assertThat(work.outcome()).isCompletedWithValue(new ItemOutcome.Failed(fault));
        assertThat(attempts).hasSize(1);
    }

    @Test
    void whatAnEngineGaveUpIsTriedAgain() {
        work.attempt();
        fail(new TriptychException.Rejected(ErrorCode.CANCELLED, null, "drained"));
        delayed.remove().run();
        attempts.getLast().complete(DONE);
        assertThat(work.outcome()).isCompletedWithValue(DONE);
    }

    @Test
    void anUnknownFailureCountsAsAFaultOfTheService() {
        work.attempt();
        for (int i = 0; i < 2; i++) {
            fail(new IllegalStateException("native"));
            delayed.remove().run();
        }
        fail(new IllegalStateException("native"));
        assertThat(work.outcome().join())
                .isInstanceOfSatisfying(
                        ItemOutcome.Failed.class,
                        failed -> assertThat(failed.reason().code()).isEqualTo(ErrorCode.INTERNAL));
    }

    @Test
    void whatIsCancelledIsNotBegunAgain() {
        work.attempt();
        work.cancel();
        assertThat(cancelled).isEqualTo(1);
        assertThat(work.outcome()).isCancelled();
        work.attempt();
        assertThat(attempts).hasSize(1);
    }

    @Test
    void whatIsTooLateDoesNotBegin() {
        work.endBy(NOW, NOW);
        work.attempt();
        assertThat(attempts).isEmpty();
        assertDeadlineExceeded();
    }

    @Test
    void whatRunsIsGivenUpAtItsDeadline() {
        work.attempt();
        work.endBy(NOW.plusMillis(1), NOW);
        assertDeadlineExceeded();
        assertThat(attempts.getFirst()
                        .handle((end, failure) -> failure)
                        .orTimeout(20, TimeUnit.SECONDS)
                        .join())
                .isInstanceOf(CancellationException.class);
    }

    @Test
    void aDeadlineThatIsMetChangesNothing() {
        work.attempt();
        work.endBy(NOW.plusSeconds(3600), NOW);
        attempts.getFirst().complete(DONE);
        assertThat(work.outcome()).isCompletedWithValue(DONE);
        assertThat(cancelled).isZero();
    }

    @Test
    void whatIsEndedFromOutsideIsGivenUpAndKeepsItsFirstEnd() {
        work.attempt();
        work.end(DONE);
        work.end(new ItemOutcome.Skipped(new TriptychException.Rejected(ErrorCode.CANCELLED, null, "canceled")));
        fail(new IllegalStateException("the engine let go"));
        assertThat(work.outcome()).isCompletedWithValue(DONE);
        assertThat(cancelled).isEqualTo(1);
    }

    private void assertDeadlineExceeded() {
        assertThat(work.outcome().orTimeout(20, TimeUnit.SECONDS).join())
                .isInstanceOfSatisfying(
                        ItemOutcome.Failed.class,
                        failed -> assertThat(failed.reason().code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED));
    }

    private void fail(Throwable fault) {
        attempts.getLast().completeExceptionally(fault);
    }
}
