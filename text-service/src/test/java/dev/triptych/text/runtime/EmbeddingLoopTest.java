package dev.triptych.text.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.testkit.ManualClock;
import dev.triptych.text.generation.EmbeddingOutcome;
import dev.triptych.text.generation.EmbeddingRequest;
import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.scheduler.AdmissionPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The loop without its thread. */
class EmbeddingLoopTest {

    private final ManualClock clock = new ManualClock();
    private final List<List<Integer>> batches = new ArrayList<>();
    private final Map<String, EmbeddingOutcome> outcomes = new TreeMap<>();
    private boolean broken;

    private final EmbeddingLoop loop = new EmbeddingLoop(
            "echo",
            rows -> {
                if (broken) {
                    throw new IllegalStateException("scripted");
                }
                batches.add(rows.stream().map(List::size).toList());
                return rows.stream().map(row -> new float[] {row.size()}).toList();
            },
            new EmbeddingLoop.Batching(4, 40),
            new AdmissionPolicy(8, 100),
            new TimeSource(
                    clock,
                    () -> Duration.between(Instant.EPOCH, clock.instant()).toNanos()),
            RuntimeListener.NONE);

    @Test
    void textsOfLikeLengthShareARunAndTheMostUrgentGoesFirst() {
        submit("long", 20, Priority.INTERACTIVE);
        submit("batch", 3, Priority.BATCH);
        submit("a", 2, Priority.INTERACTIVE);
        submit("near", 18, Priority.INTERACTIVE);
        submit("b", 3, Priority.INTERACTIVE);
        while (loop.runOnce()) {
            assertThat(batches.size()).isLessThan(9);
        }
        assertThat(batches).containsExactly(List.of(2, 3, 3), List.of(18, 20));
        assertThat(outcomes.keySet()).containsExactly("a", "b", "batch", "long", "near");
        assertThat(((EmbeddingOutcome.Embedded) outcomes.get("near")).vector()).containsExactly(18);
    }

    @Test
    void aTextOverTheBatchBoundRunsAlone() {
        submit("huge", 60, Priority.INTERACTIVE);
        submit("small", 1, Priority.BATCH);
        loop.runOnce();
        assertThat(batches).containsExactly(List.of(60));
    }

    @Test
    void aLongTextLetsShorterOnesPassThatComeSoonAfterAndIsNotHeldUpForEver() {
        submit("long", 40, Priority.INTERACTIVE);
        clock.advance(Duration.ofMillis(2));
        submit("soon", 5, Priority.INTERACTIVE);
        loop.runOnce();
        clock.advance(Duration.ofMillis(3));
        submit("late", 5, Priority.INTERACTIVE);
        while (loop.runOnce()) {
            assertThat(batches.size()).isLessThan(9);
        }
        assertThat(batches).containsExactly(List.of(5), List.of(40), List.of(5));
    }

    @Test
    void aFullQueueIsRefusedAtOnce() {
        for (int i = 0; i < 8; i++) {
            assertThat(submit("t" + i, 1, Priority.INTERACTIVE)).isInstanceOf(Submission.Accepted.class);
        }
        assertThat(submit("late", 1, Priority.INTERACTIVE)).isInstanceOf(Submission.Overloaded.class);
        loop.runOnce();
        assertThat(submit("later", 1, Priority.INTERACTIVE)).isInstanceOf(Submission.Accepted.class);
    }

    @Test
    void canceledAndExpiredTextsAreNotRun() {
        submit("gone", 2, Priority.INTERACTIVE);
        loop.submit(
                new EmbeddingRequest(
                        "late",
                        List.of(1),
                        Priority.INTERACTIVE,
                        Optional.of(clock.instant().plusSeconds(1))),
                outcome -> outcomes.put("late", outcome));
        loop.cancel("gone");
        loop.cancel("gone");
        clock.advance(Duration.ofSeconds(2));
        assertThat(loop.runOnce()).isFalse();
        assertThat(batches).isEmpty();
        assertThat(reason("gone")).isEqualTo(FinishReason.CANCELLED);
        assertThat(reason("late")).isEqualTo(FinishReason.DEADLINE);
    }

    @Test
    void aFailedBatchEndsItsTextsAndTheLoopGoesOn() {
        broken = true;
        submit("a", 1, Priority.INTERACTIVE);
        loop.runOnce();
        assertThat(reason("a")).isEqualTo(FinishReason.ERROR);
        broken = false;
        submit("b", 1, Priority.INTERACTIVE);
        loop.runOnce();
        assertThat(outcomes.get("b")).isInstanceOf(EmbeddingOutcome.Embedded.class);
    }

    @Test
    void drainingFinishesWhatWaitsAndRefusesMore() {
        submit("a", 1, Priority.INTERACTIVE);
        loop.drain();
        assertThat(submit("b", 1, Priority.INTERACTIVE)).isInstanceOf(Submission.Unavailable.class);
        assertThat(loop.runOnce()).isTrue();
        assertThat(loop.runOnce()).isFalse();
        assertThat(outcomes.get("a")).isInstanceOf(EmbeddingOutcome.Embedded.class);
    }

    @Test
    void closingEndsWhatWaits() {
        submit("a", 1, Priority.INTERACTIVE);
        loop.close();
        assertThat(loop.runOnce()).isFalse();
        assertThat(reason("a")).isEqualTo(FinishReason.ERROR);
    }

    private FinishReason reason(String id) {
        return ((EmbeddingOutcome.Ended) outcomes.get(id)).reason();
    }

    private Submission submit(String id, int tokens, Priority priority) {
        return loop.submit(
                new EmbeddingRequest(id, Collections.nCopies(tokens, 1), priority, Optional.empty()),
                outcome -> outcomes.put(id, outcome));
    }
}
