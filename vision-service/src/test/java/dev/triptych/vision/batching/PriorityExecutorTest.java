package dev.triptych.vision.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class PriorityExecutorTest {

    private final Deque<Runnable> threads = new ArrayDeque<>();
    private final List<String> ran = new ArrayList<>();
    private long now;
    private final PriorityExecutor executor = new PriorityExecutor(threads::add, 20, () -> now);

    @Test
    void whatSomebodyWaitsForRunsFirstAndAJobHasAnEighthOfTheTime() {
        add(Priority.BATCH, "job", 10);
        runAll(1);
        for (int i = 0; i < 10; i++) {
            add(Priority.BATCH, "job", 10);
            add(Priority.INTERACTIVE, "somebody", 10);
        }
        runAll(20);
        assertThat(ran.subList(0, 9))
                .containsExactly(
                        "job",
                        "somebody",
                        "somebody",
                        "somebody",
                        "somebody",
                        "somebody",
                        "somebody",
                        "somebody",
                        "job");
        assertThat(ran).hasSize(21).endsWith("job", "job");
    }

    @Test
    void eachPriorityHasPlacesOfItsOwn() {
        for (int i = 0; i < 20; i++) {
            add(Priority.BATCH, "job", 1);
        }
        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> add(Priority.BATCH, "too many", 1));
        add(Priority.INTERACTIVE, "somebody", 1);
        runAll(21);
        assertThat(ran).hasSize(21).contains("somebody").doesNotContain("too many");
    }

    @Test
    void whatTheThreadsRejectIsNotRunInAnothersPlace() {
        List<Runnable> accepted = new ArrayList<>();
        PriorityExecutor closing = new PriorityExecutor(
                task -> {
                    if (!accepted.isEmpty()) {
                        throw new RejectedExecutionException();
                    }
                    accepted.add(task);
                },
                20,
                () -> now);
        closing.of(Priority.BATCH).execute(() -> ran.add("accepted"));
        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> closing.of(Priority.INTERACTIVE).execute(() -> ran.add("rejected")));
        accepted.forEach(Runnable::run);
        assertThat(ran).containsExactly("accepted");
    }

    private void add(Priority priority, String name, long takes) {
        executor.of(priority).execute(() -> {
            now += takes;
            ran.add(name);
        });
    }

    private void runAll(int count) {
        for (int i = 0; i < count; i++) {
            threads.remove().run();
        }
    }
}
