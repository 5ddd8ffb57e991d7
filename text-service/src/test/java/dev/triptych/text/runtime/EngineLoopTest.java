package dev.triptych.text.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.tensor.Tensor;
import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.kvcache.CacheSnapshot;
import dev.triptych.text.scheduler.AdmissionPolicy;
import dev.triptych.text.scheduler.SchedulingPolicy;
import dev.triptych.text.step.StepOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@EnumSource(LoopFixture.Graphs.class)
class EngineLoopTest {

    private final LoopFixture.Graphs graphs;
    private final LoopFixture fixture;

    EngineLoopTest(LoopFixture.Graphs graphs) {
        this.graphs = graphs;
        this.fixture = new LoopFixture(graphs);
    }

    @Test
    void aRequestStreamsItsTokensAndStopsAtTheEnd() {
        RecordingSink sink = fixture.submit("a", List.of(5, 6, 7), 10);
        fixture.settle();
        assertThat(sink.tokens()).containsExactly(5, 6, 7, EchoExecutor.EOS);
        assertThat(sink.result().reason()).isEqualTo(FinishReason.STOP);
        assertThat(sink.result().tokenIds()).isEqualTo(sink.tokens());
        assertThat(sink.result().timing().steps()).isEqualTo(4);
    }

    @Test
    void theLengthBoundEndsASequence() {
        RecordingSink sink = fixture.submit("a", List.of(5, 6, 7), 2);
        fixture.settle();
        assertThat(sink.result().tokenIds()).containsExactly(5, 6);
        assertThat(sink.result().reason()).isEqualTo(FinishReason.LENGTH);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyRequestIsAnsweredAsIfItWereAlone(long seed) {
        Random random = new Random(seed);
        Map<RecordingSink, List<Integer>> expected = new LinkedHashMap<>();
        for (int i = 0; i < 60; i++) {
            List<Integer> prompt = random.ints(1 + random.nextInt(12), 2, EchoExecutor.VOCABULARY)
                    .boxed()
                    .toList();
            int maxNewTokens = 1 + random.nextInt(14);
            GenerationParameters parameters = new GenerationParameters(strategy(random), maxNewTokens);
            expected.put(fixture.submit("r" + i, prompt, parameters), EchoExecutor.answer(prompt, maxNewTokens));
            for (int turn = random.nextInt(6); turn > 0 || fixture.waiting > 10; turn--) {
                fixture.loop.runOnce();
            }
        }
        fixture.settle();
        expected.forEach((sink, answer) -> {
            assertThat(sink.tokens(0)).as("seed %d", seed).isEqualTo(answer);
            assertThat(sink.result().tokenIds()).as("seed %d", seed).isEqualTo(answer);
        });
        assertThat(fixture.cache.snapshot().cohorts()).isZero();
        assertThat(fixture.running).isZero();
    }

    /** Each of them finds what the model answers: it leaves no doubt. */
    private static Strategy strategy(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Strategy.Beam.of(2 + random.nextInt(3), 2);
            case 1 -> new Strategy.Beam(4, 1, OptionalDouble.empty(), Optional.empty(), 2, 0.1);
            case 2 -> new Strategy.Sample(0.05, 0, 1, 0, 1, random.nextLong(), 3, 3);
            default -> new Strategy.Greedy();
        };
    }

    @Test
    void aRequestHasAsManyRowsAsItHasBeamsAndTheyLeaveTogether() {
        RecordingSink beams =
                fixture.submit("beams", List.of(5, 6, 7, 8), new GenerationParameters(Strategy.Beam.of(5), 20));
        RecordingSink single = fixture.submit("single", List.of(9, 10, 11, 12), 20);
        fixture.loop.runOnce();
        fixture.loop.runOnce();
        assertThat(fixture.executor.steps().getLast()).hasSize(6);
        fixture.loop.cancel("beams");
        fixture.loop.runOnce();
        assertThat(fixture.executor.steps().getLast()).hasSize(1);
        assertThat(beams.result().reason()).isEqualTo(FinishReason.CANCELLED);
        fixture.settle();
        assertThat(single.result().tokenIds()).isEqualTo(EchoExecutor.answer(List.of(9, 10, 11, 12), 20));
        assertThat(fixture.cache.snapshot().cohorts()).isZero();
    }

    @Test
    void rowsOfBeamsCountWhereRowsAreBounded() {
        for (int i = 0; i < 3; i++) {
            fixture.submit("r" + i, List.of(5, 6, 7), new GenerationParameters(Strategy.Beam.of(4), 5));
        }
        fixture.settle();
        assertThat(fixture.executor.steps()).allSatisfy(step -> assertThat(step).hasSizeLessThanOrEqualTo(8));
    }

    @Test
    void aFailedStepEndsABeamSearchAndLeavesNothingBehind() {
        RecordingSink sink =
                fixture.submit("beams", List.of(5, 6, 7, 8), new GenerationParameters(Strategy.Beam.of(3), 20));
        fixture.loop.runOnce();
        fixture.executor.failNext();
        fixture.settle();
        assertThat(sink.result().reason()).isEqualTo(FinishReason.ERROR);
        assertThat(fixture.cache.snapshot().cohorts()).isZero();
    }

    @Test
    void severalSamplesAreToldApart() {
        RecordingSink sink = fixture.submit(
                "samples",
                List.of(5, 6, 7),
                new GenerationParameters(new Strategy.Sample(0.05, 0, 1, 0, 1, 4, 3, 3), 20));
        fixture.settle();
        assertThat(sink.result().sequences()).hasSize(3);
        for (int sequence = 0; sequence < 3; sequence++) {
            assertThat(sink.tokens(sequence)).isEqualTo(EchoExecutor.answer(List.of(5, 6, 7), 20));
        }
    }

    @Test
    void cancellingFreesTheRowBeforeTheNextStep() {
        RecordingSink kept = fixture.submit("kept", List.of(5, 6, 7, 8), 10);
        RecordingSink gone = fixture.submit("gone", List.of(9, 10, 11, 12), 10);
        fixture.loop.runOnce();
        fixture.loop.cancel("gone");
        fixture.loop.cancel("gone");
        fixture.loop.runOnce();
        assertThat(gone.result().reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(gone.result().tokenIds()).containsExactly(9);
        assertThat(fixture.executor.steps().getLast()).containsExactly(0L);
        assertThat(fixture.stepsAfterCancel).containsExactly(0);
        fixture.settle();
        assertThat(kept.result().tokenIds()).containsExactly(5, 6, 7, 8, EchoExecutor.EOS);
    }

    @Test
    void aCancelThatArrivesDuringAStepLetsOnlyThatStepPass() {
        RecordingSink sink = fixture.submit("a", List.of(5, 6, 7, 8), 10);
        fixture.loop.runOnce();
        fixture.executor.duringStep(() -> fixture.loop.cancel("a"));
        fixture.settle();
        assertThat(sink.result().reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(fixture.stepsAfterCancel).containsExactly(1);
    }

    @Test
    void aWaitingRequestCanBeCancelled() {
        fixture.submit("a", List.of(5), 10);
        RecordingSink sink = fixture.submit("b", List.of(6), 10);
        fixture.loop.cancel("b");
        fixture.settle();
        assertThat(sink.events()).hasSize(1);
        assertThat(sink.result().reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(fixture.waiting).isZero();
    }

    @Test
    void aClientTooSlowToReadIsCancelledAndHoldsNobody() {
        RecordingSink slow = new RecordingSink(1);
        fixture.submit("slow", List.of(5, 6, 7, 8), 10, slow);
        RecordingSink other = fixture.submit("other", List.of(9, 10, 11, 12), 10);
        fixture.settle();
        assertThat(slow.tokens()).containsExactly(5);
        assertThat(fixture.finished).containsExactly(FinishReason.CANCELLED, FinishReason.STOP);
        assertThat(other.result().tokenIds()).containsExactly(9, 10, 11, 12, EchoExecutor.EOS);
    }

    @Test
    void aSinkThatThrowsCountsAsAClientThatIsGone() {
        fixture.submit("broken", List.of(5, 6), 10, event -> {
            throw new IllegalStateException("scripted");
        });
        RecordingSink other = fixture.submit("other", List.of(9, 10), 10);
        fixture.settle();
        assertThat(other.result().reason()).isEqualTo(FinishReason.STOP);
        assertThat(fixture.finished).contains(FinishReason.CANCELLED);
    }

    @Test
    void aDeadlineEndsRunningAndWaitingRequests() {
        RecordingSink running = new RecordingSink();
        Optional<java.time.Instant> soon = Optional.of(fixture.clock.instant().plusMillis(5));
        fixture.loop.submit(LoopFixture.request("running", List.of(5, 6, 7), 10, soon), running);
        fixture.loop.runOnce();
        RecordingSink waiting = new RecordingSink();
        fixture.loop.submit(LoopFixture.request("waiting", List.of(5, 6, 7), 10, soon), waiting);
        fixture.clock.advance(Duration.ofMillis(6));
        fixture.settle();
        assertThat(running.result().reason()).isEqualTo(FinishReason.DEADLINE);
        assertThat(running.result().tokenIds()).containsExactly(5);
        assertThat(waiting.result().reason()).isEqualTo(FinishReason.DEADLINE);
        assertThat(fixture.executor.steps()).hasSize(1);
    }

    @Test
    void nothingIsVisibleBeforeTheCommit() {
        RecordingSink sink = fixture.submit("a", List.of(5, 6), 10);
        List<Integer> heardDuringStep = new ArrayList<>();
        fixture.executor.duringStep(() -> heardDuringStep.add(sink.events().size()));
        fixture.settle();
        assertThat(heardDuringStep).containsExactly(0, 1, 2);
    }

    @Test
    void promptsThatCannotBeEncodedEndAloneAndLeaveTheCacheAsItWas() {
        RecordingSink before = fixture.submit("before", List.of(5, 6, 7, 8), 10);
        fixture.loop.runOnce();
        CacheSnapshot state = fixture.cache.snapshot();
        RecordingSink failing = fixture.submit("failing", List.of(9), 10);
        fixture.executor.failJoining();
        fixture.loop.runOnce();
        assertThat(failing.result().reason()).isEqualTo(FinishReason.ERROR);
        assertThat(failing.result().message()).contains("scripted");
        assertThat(fixture.cache.snapshot().promisedBytes()).isEqualTo(state.promisedBytes());
        assertThat(fixture.cache.snapshot().leasedBytes()).isEqualTo(state.leasedBytes());
        assertThat(fixture.waiting).isZero();
        fixture.settle();
        assertThat(before.result().tokenIds()).containsExactly(5, 6, 7, 8, EchoExecutor.EOS);
    }

    @Test
    void aFailedStepEndsItsRowsAndTheLoopGoesOn() {
        RecordingSink failing = fixture.submit("failing", List.of(5, 6, 7), 10);
        fixture.loop.runOnce();
        fixture.executor.failNext();
        fixture.loop.runOnce();
        assertThat(failing.result().reason()).isEqualTo(FinishReason.ERROR);
        assertThat(failing.result().tokenIds()).containsExactly(5);
        assertThat(fixture.cache.snapshot().promisedBytes()).isZero();
        RecordingSink next = fixture.submit("next", List.of(9), 10);
        fixture.settle();
        assertThat(next.result().reason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void logitsThatAreNoNumbersEndThatRowAlone() {
        RecordingSink broken = fixture.submit("broken", List.of(5, 6, 7), 10);
        RecordingSink other = fixture.submit("other", List.of(9, 10, 11), 10);
        fixture.executor.script(outcome -> {
            Tensor logits = ((StepOutcome.Completed) outcome).result().logits();
            logits.setFloat(3, Float.NaN);
            return outcome;
        });
        fixture.settle();
        assertThat(broken.result().reason()).isEqualTo(FinishReason.ERROR);
        assertThat(broken.result().message()).contains("NaN");
        assertThat(other.result().tokenIds()).containsExactly(9, 10, 11, EchoExecutor.EOS);
    }

    @Test
    void threeFailuresInARowMakeTheModelUnavailableForAWhile() {
        for (int i = 0; i < 3; i++) {
            fixture.executor.failNext();
            fixture.submit("r" + i, List.of(5), 10);
            fixture.settle();
        }
        assertThat(fixture.loop.ailment()).contains("scripted");
        assertThat(fixture.submit("refused", List.of(5), 10, new RecordingSink()))
                .isInstanceOf(Submission.Unavailable.class);
        fixture.clock.advance(Duration.ofSeconds(10));
        assertThat(fixture.loop.ailment()).isEmpty();
        RecordingSink again = fixture.submit("again", List.of(5), 10);
        fixture.settle();
        assertThat(again.result().reason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void aFullQueueIsAnsweredAtOnceWithTheExpectedWait() {
        for (int i = 0; i < 16; i++) {
            fixture.submit("r" + i, List.of(5), 10);
        }
        Submission refused = fixture.submit("one too many", List.of(5), 10, new RecordingSink());
        assertThat(refused).isInstanceOfSatisfying(Submission.Overloaded.class, overloaded -> {
            assertThat(overloaded.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(60));
            assertThat(overloaded.message()).contains("16 of 16");
        });
        fixture.settle();
        assertThat(fixture.waiting).isZero();
        assertThat(fixture.submit("later", List.of(5), 10).events()).isEmpty();
    }

    @Test
    void aQueueIsBoundedInTokensToo() {
        fixture.submit("long", List.of(5, 6, 7), 10);
        List<Integer> huge = new Random(1).ints(998, 2, 9).boxed().toList();
        assertThat(fixture.submit("huge", huge, 10, new RecordingSink())).isInstanceOf(Submission.Overloaded.class);
    }

    @Test
    void anIdInFlightCannotBeUsedTwice() {
        fixture.submit("a", List.of(5), 10);
        assertThatThrownBy(() -> fixture.submit("a", List.of(6), 10, new RecordingSink()))
                .hasMessageContaining("'a' is in flight");
        fixture.settle();
        assertThat(fixture.submit("a", List.of(6), 10).events()).isEmpty();
    }

    @Test
    void memoryBoundsWhatRunsAtOnce() {
        // Plain: past and present, keys and values, the source and its mask, one block each for a cohort.
        // Fused: four blocks of four rows of 2,048 tokens, and one more for growing; a fifth row would double them.
        long bytes = graphs == LoopFixture.Graphs.PLAIN ? 4 * 8192 + 3 * 4096 : 3 * 32_768 + 2 * 4096;
        SchedulingPolicy scheduling = new SchedulingPolicy(8, 1000, 0, 0, 4);
        LoopFixture small = new LoopFixture(graphs, scheduling, new AdmissionPolicy(16, 1000), bytes);
        List<RecordingSink> sinks = new ArrayList<>();
        for (int i = 0; i < (graphs == LoopFixture.Graphs.PLAIN ? 1 : 4); i++) {
            sinks.add(small.submit("r" + i, List.of(5, 6, 7), 2000));
        }
        small.loop.runOnce();
        RecordingSink last = small.submit("last", List.of(8), 2000);
        small.loop.runOnce();
        assertThat(last.events()).isEmpty();
        assertThat(sinks).allSatisfy(sink -> assertThat(sink.events()).hasSize(2));
        small.settle();
        assertThat(last.result().reason()).isEqualTo(FinishReason.STOP);
        assertThat(sinks).allSatisfy(sink -> assertThat(sink.result().reason()).isEqualTo(FinishReason.STOP));
    }

    @Test
    void drainingFinishesWhatIsInFlightAndRefusesTheRest() {
        RecordingSink sink = fixture.submit("a", List.of(5, 6, 7), 10);
        fixture.loop.start();
        fixture.loop.drain();
        assertThat(fixture.submit("b", List.of(5), 10, new RecordingSink())).isInstanceOf(Submission.Unavailable.class);
        assertThat(fixture.loop.awaitEnd(Duration.ofSeconds(30))).isTrue();
        assertThat(sink.result().tokenIds()).containsExactly(5, 6, 7, EchoExecutor.EOS);
    }

    @Test
    void abortingEndsWhatIsInFlightWithAnError() {
        RecordingSink sink = fixture.submit("a", List.of(5, 6, 7), 10);
        fixture.executor.duringStep(() -> {
            if (fixture.executor.steps().size() == 2) {
                fixture.loop.abort();
            }
        });
        fixture.loop.start();
        assertThat(fixture.loop.awaitEnd(Duration.ofSeconds(30))).isTrue();
        assertThat(sink.result().reason()).isEqualTo(FinishReason.ERROR);
        assertThat(sink.result().message()).contains("shutting down");
        assertThat(fixture.submit("b", List.of(5), 10, new RecordingSink())).isInstanceOf(Submission.Unavailable.class);
    }
}
