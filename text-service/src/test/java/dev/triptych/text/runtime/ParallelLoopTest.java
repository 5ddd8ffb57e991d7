package dev.triptych.text.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GeneratedSequence;
import dev.triptych.text.generation.GenerationEvent;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.generation.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests of a non-autoregressive decoder on the same loop as all others. */
class ParallelLoopTest {

    private static final GenerationParameters CTC = new GenerationParameters(Strategy.Ctc.bestPath(), 100);

    @ParameterizedTest
    @EnumSource
    void aRequestIsAnsweredInOnePass(LoopFixture.Graphs graphs) {
        LoopFixture fixture = new LoopFixture(graphs);
        RecordingSink sink = fixture.submit("a", List.of(5, 6, 6, 7), CTC);
        fixture.settle();
        assertThat(sink.tokens()).containsExactly(5, 6, 6, 7);
        assertThat(sink.result().tokenIds()).containsExactly(5, 6, 6, 7);
        assertThat(sink.result().reason()).isEqualTo(FinishReason.STOP);
        assertThat(sink.result().score()).isEqualTo(-1);
        assertThat(sink.result().timing().steps()).isEqualTo(1);
        assertThat(fixture.passesOfFinished).containsExactly(1);
        assertThat(fixture.executor.steps()).isEmpty();
        assertThat(fixture.waiting + fixture.running).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void passesAndStepsTakeTurnsAndNeitherChangesTheOther(LoopFixture.Graphs graphs) {
        LoopFixture fixture = new LoopFixture(graphs);
        RecordingSink step = fixture.submit("step", List.of(9, 8, 7, 6, 5, 4), 20);
        RecordingSink far = fixture.submit("far", List.of(2, 3), CTC);
        RecordingSink pass = fixture.submit("pass", longPrompt(40), CTC);
        fixture.loop.runOnce();
        fixture.loop.runOnce();
        fixture.loop.runOnce();
        fixture.loop.runOnce();
        assertThat(far.finished() && pass.finished()).isTrue();
        assertThat(step.finished()).isFalse();
        assertThat(fixture.executor.steps()).hasSize(2);
        fixture.settle();
        assertThat(step.tokens()).containsExactly(9, 8, 7, 6, 5, 4, EchoExecutor.EOS);
        assertThat(pass.tokens()).isEqualTo(longPrompt(40));
        assertThat(fixture.passes.passes()).containsExactly(List.of(1L), List.of(2L));
    }

    private static List<Integer> longPrompt(int length) {
        return java.util.stream.IntStream.range(0, length)
                .mapToObj(i -> 2 + i % 30)
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void rowsOfLikeLengthShareAPass(LoopFixture.Graphs graphs) {
        LoopFixture fixture = new LoopFixture(graphs);
        for (int i = 0; i < 5; i++) {
            fixture.submit("short" + i, longPrompt(3 + i), CTC);
        }
        fixture.settle();
        assertThat(fixture.passes.passes()).containsExactly(List.of(0L, 1L, 2L, 3L, 4L));
    }

    @ParameterizedTest
    @EnumSource
    void aCancelledRequestIsNotRun(LoopFixture.Graphs graphs) {
        LoopFixture fixture = new LoopFixture(graphs);
        RecordingSink sink = fixture.submit("a", List.of(5, 6), CTC);
        fixture.loop.cancel("a");
        fixture.settle();
        assertThat(sink.result().reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(fixture.passes.passes()).isEmpty();
        assertThat(fixture.stepsAfterCancel).containsExactly(0);
        assertThat(fixture.waiting + fixture.running).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aRequestPastItsDeadlineIsNotRun(LoopFixture.Graphs graphs) {
        LoopFixture fixture = new LoopFixture(graphs);
        RecordingSink sink = new RecordingSink();
        fixture.loop.submit(
                new GenerationRequest(
                        "a",
                        List.of(5, 6),
                        CTC,
                        Priority.INTERACTIVE,
                        Optional.of(fixture.clock.instant().plusMillis(5))),
                sink);
        fixture.clock.advance(Duration.ofMillis(6));
        fixture.settle();
        assertThat(sink.result().reason()).isEqualTo(FinishReason.DEADLINE);
        assertThat(fixture.passes.passes()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aPassThatFailsEndsItsOwnRequestsOnly(LoopFixture.Graphs graphs) {
        LoopFixture fixture = new LoopFixture(graphs);
        RecordingSink step = fixture.submit("step", List.of(9, 8, 7), 20);
        RecordingSink pass = fixture.submit("pass", List.of(5, 6), CTC);
        fixture.passes.failNext();
        fixture.settle();
        assertThat(pass.result().reason()).isEqualTo(FinishReason.ERROR);
        assertThat(pass.result().message()).contains("scripted");
        assertThat(step.tokens()).containsExactly(9, 8, 7, EchoExecutor.EOS);
        assertThat(fixture.waiting + fixture.running).isZero();
    }

    private static GenerationParameters scored(int candidates, int n) {
        return new GenerationParameters(new Strategy.Ctc(1, n, OptionalDouble.empty(), candidates), 100);
    }

    @ParameterizedTest
    @EnumSource
    void ofTheCandidatesThatOneWinsWhichTheOtherDecoderFindsLikeliest(LoopFixture.Graphs graphs) {
        LoopFixture fixture = new LoopFixture(graphs);
        RecordingSink step = fixture.submit("step", List.of(9, 8, 7), 20);
        RecordingSink sink = fixture.submit("a", List.of(5, 16, 27), scored(4, 2));
        fixture.settle();
        assertThat(sink.result().tokenIds()).containsExactly(5, 16, 28);
        assertThat(sink.tokens()).startsWith(5, 16, 28);
        assertThat(sink.result().sequences().stream().map(GeneratedSequence::tokenIds))
                .containsExactly(List.of(5, 16, 28), List.of(5, 16, 27));
        assertThat(sink.result().sequences().stream().map(GeneratedSequence::score))
                .containsExactly(-0.25, -(3 * 0.25 + 3) / 4);
        assertThat(sink.result().timing().steps()).isEqualTo(2);
        assertThat(step.tokens()).containsExactly(9, 8, 7, EchoExecutor.EOS);
        assertThat(fixture.passes.passes()).containsExactly(List.of(1L), List.of(1L, 1L, 1L, 1L));
        assertThat(fixture.states.rows()).isZero();
        assertThat(fixture.waiting + fixture.running).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void candidatesOfSeveralRequestsShareAPassAndARequestWithoutNeedsNone(LoopFixture.Graphs graphs) {
        LoopFixture fixture = new LoopFixture(graphs);
        RecordingSink one = fixture.submit("one", List.of(5, 16, 27), scored(3, 1));
        RecordingSink plain = fixture.submit("plain", List.of(5, 16, 27), CTC);
        RecordingSink two = fixture.submit("two", List.of(6, 17, 28), scored(3, 1));
        fixture.settle();
        assertThat(one.result().tokenIds()).containsExactly(5, 16, 28);
        assertThat(two.result().tokenIds()).containsExactly(6, 17, 29);
        assertThat(plain.result().tokenIds()).containsExactly(5, 16, 27);
        assertThat(fixture.passes.passes()).containsExactly(List.of(0L, 1L, 2L), List.of(0L, 0L, 0L, 2L, 2L, 2L));
    }

    @ParameterizedTest
    @EnumSource
    void aRequestCancelledBetweenItsCandidatesAndTheirScoresLeavesNothingBehind(LoopFixture.Graphs graphs) {
        LoopFixture fixture = new LoopFixture(graphs);
        RecordingSink sink = fixture.submit("a", List.of(5, 16, 27), scored(4, 1));
        fixture.loop.runOnce();
        assertThat(sink.tokens()).isEmpty();
        fixture.loop.cancel("a");
        fixture.settle();
        assertThat(sink.result().reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(fixture.passes.passes()).hasSize(1);
        assertThat(fixture.states.rows()).isZero();
        assertThat(fixture.waiting + fixture.running).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void draftsAreRevisedAndTheOtherDecoderChoosesAmongThemAndWhatTheyBecame(LoopFixture.Graphs graphs) {
        LoopFixture fixture = new LoopFixture(graphs);
        RecordingSink sink = fixture.submit(
                "a",
                List.of(5, 16, 27),
                new GenerationParameters(Strategy.MaskPredict.drafted(OptionalInt.of(2), 4), 100));
        fixture.settle();
        assertThat(sink.result().tokenIds()).containsExactly(5, 16, 28);
        assertThat(sink.result().score()).isEqualTo(-0.25);
        assertThat(sink.result().timing().steps()).isEqualTo(4);
        List<GenerationEvent.Refined> refinements = sink.events().stream()
                .filter(GenerationEvent.Refined.class::isInstance)
                .map(GenerationEvent.Refined.class::cast)
                .toList();
        assertThat(refinements).extracting(GenerationEvent.Refined::iteration).containsExactly(1, 2, 3, 4);
        assertThat(refinements.getFirst().tokenIds()).containsExactly(5, 16, 27);
        assertThat(refinements.getLast().tokenIds()).containsExactly(5, 16, 28);
        assertThat(sink.tokens()).containsExactly(5, 16, 28);
        assertThat(fixture.passes.passes().get(1)).containsExactly(0L, 0L, 0L, 0L);
        assertThat(fixture.states.rows()).isZero();
        assertThat(fixture.waiting + fixture.running).isZero();
    }

    private static GenerationParameters refined(int iterations) {
        return new GenerationParameters(
                new Strategy.MaskPredict(OptionalInt.of(iterations), OptionalInt.of(2), 1), 100);
    }

    @ParameterizedTest
    @EnumSource
    void anOutputIsRefinedPassByPassAndTheSurerLengthWins(LoopFixture.Graphs graphs) {
        LoopFixture fixture = new LoopFixture(graphs);
        RecordingSink sink = fixture.submit("a", List.of(5, 6, 7, 8), refined(4));
        fixture.settle();
        assertThat(sink.result().tokenIds()).containsExactly(5, 6, 7, 8);
        assertThat(sink.result().score()).isCloseTo(-0.025, Offset.offset(1e-6));
        assertThat(sink.result().timing().steps()).isEqualTo(4);
        assertThat(sink.events().stream()
                        .filter(GenerationEvent.Refined.class::isInstance)
                        .map(event -> ((GenerationEvent.Refined) event).iteration()))
                .containsExactly(1, 2, 3, 4);
        assertThat(sink.tokens()).containsExactly(5, 6, 7, 8);
        assertThat(fixture.passes.passes())
                .containsExactly(List.of(0L), List.of(0L, 0L), List.of(0L, 0L), List.of(0L, 0L), List.of(0L, 0L));
        assertThat(fixture.passesOfFinished).containsExactly(4);
        assertThat(fixture.states.rows()).isZero();
        assertThat(fixture.waiting + fixture.running).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void rowsThatDecodeTokenByTokenGoOnBetweenRefinements(LoopFixture.Graphs graphs) {
        LoopFixture fixture = new LoopFixture(graphs);
        RecordingSink step = fixture.submit("step", List.of(9, 8, 7), 20);
        RecordingSink pass = fixture.submit("pass", List.of(5, 6, 7, 8), refined(10));
        for (int turn = 0; turn < 10; turn++) {
            fixture.loop.runOnce();
        }
        assertThat(step.finished()).isTrue();
        assertThat(pass.finished()).isFalse();
        fixture.settle();
        assertThat(step.tokens()).containsExactly(9, 8, 7, EchoExecutor.EOS);
        assertThat(pass.result().tokenIds()).containsExactly(5, 6, 7, 8);
    }

    @ParameterizedTest
    @EnumSource
    void aCancelledRefinementLeavesBeforeItsNextPass(LoopFixture.Graphs graphs) {
        LoopFixture fixture = new LoopFixture(graphs);
        RecordingSink sink = fixture.submit("a", List.of(5, 6, 7, 8), refined(10));
        fixture.loop.runOnce();
        fixture.loop.runOnce();
        fixture.loop.cancel("a");
        fixture.settle();
        assertThat(sink.result().reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(fixture.passes.passes()).hasSize(2);
        assertThat(fixture.states.rows()).isZero();
        assertThat(fixture.waiting + fixture.running).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aRefinementThatFailsLeavesNothingBehind(LoopFixture.Graphs graphs) {
        LoopFixture fixture = new LoopFixture(graphs);
        RecordingSink sink = fixture.submit("a", List.of(5, 6, 7, 8), refined(10));
        fixture.loop.runOnce();
        fixture.passes.failNext();
        fixture.settle();
        assertThat(sink.result().reason()).isEqualTo(FinishReason.ERROR);
        assertThat(fixture.states.rows()).isZero();
        assertThat(fixture.waiting + fixture.running).isZero();
    }
}
