package dev.triptych.text.runtime;

import dev.triptych.testkit.ManualClock;
import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.GenerationRules;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.kvcache.CacheInvariants;
import dev.triptych.text.kvcache.CohortKvCache;
import dev.triptych.text.kvcache.KvCache;
import dev.triptych.text.kvcache.KvGeometry;
import dev.triptych.text.kvcache.SharedKvCache;
import dev.triptych.text.kvcache.SourceStates;
import dev.triptych.text.scheduler.AdmissionPolicy;
import dev.triptych.text.scheduler.CohortScheduler;
import dev.triptych.text.scheduler.ContinuousScheduler;
import dev.triptych.text.scheduler.ParallelScheduler;
import dev.triptych.text.scheduler.SchedulingPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.Assertions;

/** A loop over an echoing model, turned by hand, with a clock that stands still. */
final class LoopFixture {

    final ManualClock clock = new ManualClock();
    final EchoExecutor<?> executor;
    final EchoPasses passes = new EchoPasses();
    final SourceStates states = new SourceStates(1, 16, 64);
    final KvCache<?> cache;
    final EngineLoop loop;
    final List<Integer> stepsAfterCancel = new ArrayList<>();
    final List<FinishReason> finished = new ArrayList<>();
    final List<Integer> passesOfFinished = new ArrayList<>();
    int waiting;
    int running;

    /** What the model's graphs are like. */
    enum Graphs {
        PLAIN,
        FUSED
    }

    LoopFixture(Graphs graphs) {
        this(graphs, new SchedulingPolicy(8, 1000, 0.5, 1_000_000, 4), new AdmissionPolicy(16, 1000), 1 << 20);
    }

    LoopFixture(Graphs graphs, SchedulingPolicy scheduling, AdmissionPolicy admission, long cacheBytes) {
        StepRunner<?> runner = runner(graphs, new KvGeometry(1, 1, 1), cacheBytes);
        cache = runner.cache();
        executor = (EchoExecutor<?>) runner.executor();
        TimeSource time = new TimeSource(
                clock, () -> Duration.between(Instant.EPOCH, clock.instant()).toNanos());
        loop = new EngineLoop(
                new EngineLoop.Parts(
                        "echo",
                        GenerationRules.of(EchoExecutor.START, EchoExecutor.EOS, EchoExecutor.EOS),
                        EchoExecutor.VOCABULARY,
                        Object::toString,
                        runner,
                        new PassRunner(EchoPasses.DECODERS, states, passes),
                        new ParallelScheduler(
                                graphs == Graphs.PLAIN
                                        ? new CohortScheduler(scheduling)
                                        : new ContinuousScheduler(scheduling),
                                scheduling)),
                admission,
                time,
                new Listener());
    }

    private static StepRunner<?> runner(Graphs graphs, KvGeometry geometry, long cacheBytes) {
        return switch (graphs) {
            case PLAIN ->
                new StepRunner<>(
                        new CohortKvCache(geometry, cacheBytes), new EchoExecutor<>(new EchoExecutor.CohortMemory()));
            case FUSED ->
                new StepRunner<>(
                        new SharedKvCache(geometry, cacheBytes), new EchoExecutor<>(new EchoExecutor.SharedMemory()));
        };
    }

    RecordingSink submit(String id, List<Integer> prompt, int maxNewTokens) {
        RecordingSink sink = new RecordingSink();
        Assertions.assertThat(submit(id, prompt, maxNewTokens, sink)).isInstanceOf(Submission.Accepted.class);
        return sink;
    }

    RecordingSink submit(String id, List<Integer> prompt, GenerationParameters parameters) {
        RecordingSink sink = new RecordingSink();
        GenerationRequest request =
                new GenerationRequest(id, prompt, parameters, Priority.INTERACTIVE, Optional.empty());
        Assertions.assertThat(loop.submit(request, sink)).isInstanceOf(Submission.Accepted.class);
        return sink;
    }

    Submission submit(String id, List<Integer> prompt, int maxNewTokens, EventSink sink) {
        return loop.submit(request(id, prompt, maxNewTokens, Optional.empty()), sink);
    }

    static GenerationRequest request(String id, List<Integer> prompt, int maxNewTokens, Optional<Instant> deadline) {
        return new GenerationRequest(
                id, prompt, GenerationParameters.greedy(maxNewTokens), Priority.INTERACTIVE, deadline);
    }

    /** Turns the loop until nothing is left to do, checking the cache's invariants after every turn. */
    void settle() {
        for (int turn = 0; turn < 10_000; turn++) {
            boolean worked = loop.runOnce();
            Assertions.assertThat(CacheInvariants.violations(cache.snapshot())).isEmpty();
            if (!worked) {
                return;
            }
        }
        throw new AssertionError("the loop never settles");
    }

    private final class Listener implements RuntimeListener {

        @Override
        public void loadChanged(int waitingRequests, int runningRows) {
            waiting = waitingRequests;
            running = runningRows;
        }

        @Override
        public void refined(int passCount) {
            passesOfFinished.add(passCount);
        }

        @Override
        public void released(int steps) {
            stepsAfterCancel.add(steps);
        }

        @Override
        public void finished(FinishReason reason, long totalNanos, int generatedTokens) {
            finished.add(reason);
        }
    }
}
