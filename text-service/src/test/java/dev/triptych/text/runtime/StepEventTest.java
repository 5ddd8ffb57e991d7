package dev.triptych.text.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.management.ThreadMXBean;
import dev.triptych.testkit.Recorded;
import dev.triptych.text.generation.EmbeddingRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.scheduler.AdmissionPolicy;
import dev.triptych.text.step.StepOutcome;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepRow;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;

class StepEventTest {

    private static final String STEP = "dev.triptych.Step";

    @Test
    void aRecordingShowsEachStepWithItsKindItsRowsAndItsThread() throws IOException {
        LoopFixture fixture = new LoopFixture(LoopFixture.Graphs.FUSED);
        List<RecordedEvent> events = Recorded.during(STEP, () -> {
            fixture.submit("a", List.of(5, 6, 7), 10);
            fixture.submit("b", List.of(8, 9), 1);
            fixture.settle();
        });
        assertThat(events)
                .extracting(
                        event -> event.getString("kind"),
                        event -> event.getInt("rows"),
                        event -> event.getInt("joining"))
                .containsExactly(
                        tuple("prefill", 2, 2), tuple("decode", 1, 0), tuple("decode", 1, 0), tuple("decode", 1, 0));
        assertThat(events).allSatisfy(event -> {
            assertThat(event.getString("model")).isEqualTo("echo");
            assertThat(event.getString("outcome")).isEqualTo("completed");
            assertThat(event.getThread().getJavaThreadId())
                    .isEqualTo(Thread.currentThread().threadId());
        });
    }

    @Test
    void aFailedStepIsShownAsFailed() throws IOException {
        LoopFixture fixture = new LoopFixture(LoopFixture.Graphs.PLAIN);
        List<RecordedEvent> events = Recorded.during(STEP, () -> {
            fixture.submit("a", List.of(5, 6, 7), 10);
            fixture.executor.failNext();
            fixture.settle();
        });
        assertThat(events)
                .singleElement()
                .satisfies(event -> assertThat(event.getString("outcome")).isEqualTo("failed"));
    }

    @Test
    void aBatchOfAnEncoderIsShownWithItsTokensAndItsPadding() throws IOException {
        EmbeddingLoop loop = new EmbeddingLoop(
                "mean",
                rows -> rows.stream().map(row -> new float[] {1}).toList(),
                new EmbeddingLoop.Batching(4, 40),
                new AdmissionPolicy(8, 100),
                TimeSource.system(),
                RuntimeListener.NONE);
        List<RecordedEvent> events = Recorded.during(STEP, () -> {
            for (List<Integer> text : List.of(List.of(1, 2, 3), List.of(4, 5, 6, 7))) {
                loop.submit(
                        new EmbeddingRequest("t" + text.size(), text, Priority.INTERACTIVE, Optional.empty()),
                        outcome -> {});
            }
            loop.runOnce();
        });
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.getString("kind")).isEqualTo("embed");
            assertThat(event.getInt("rows")).isEqualTo(2);
            assertThat(event.getInt("promptTokens")).isEqualTo(7);
            assertThat(event.getInt("paddedTokens")).isEqualTo(8);
        });
    }

    @Test
    void nothingIsAllocatedWhileNobodyRecords() {
        StepOutcome outcome = new StepOutcome.Failed(new IllegalStateException("scripted"));
        StepTransaction transaction = StepTransaction.of(() -> outcome);
        StepPlan.Step plan = new StepPlan.Refine(List.of(new StepRow.Refine(1, List.of(5), false)));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        StepEvent.around("m", plan, transaction);
        int steps = 10_000;
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int step = 0; step < steps; step++) {
            StepEvent.around("m", plan, transaction);
        }
        // The smallest object has 16 bytes; what the virtual machine itself takes now and then stays far below one a
        // step.
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(steps);
    }
}
