package dev.triptych.text.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.kvcache.CacheBudget;
import dev.triptych.text.kvcache.KvGeometry;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepRow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ParallelSchedulerTest {

    private static final int BATCH_TURN = 4;
    private static final SchedulingPolicy POLICY = new SchedulingPolicy(8, 600, 1, 0, BATCH_TURN);

    private final ParallelScheduler scheduler = new ParallelScheduler(new ContinuousScheduler(POLICY), POLICY);

    static IntStream seeds() {
        return IntStream.range(0, 100);
    }

    private static RequestState request(long sequence, int length, Strategy strategy, Priority priority) {
        return new RequestState(
                sequence,
                new GenerationRequest(
                        "r" + sequence,
                        Collections.nCopies(length, 5),
                        new GenerationParameters(strategy, 20),
                        priority,
                        Optional.empty()),
                0);
    }

    private static RequestState ctc(long sequence, int length, Priority priority) {
        return request(sequence, length, Strategy.Ctc.bestPath(), priority);
    }

    private static RequestState greedy(long sequence, Priority priority) {
        return request(sequence, 5, new Strategy.Greedy(), priority);
    }

    private StepPlan plan(List<RequestState> waiting, long step) {
        return scheduler.plan(new SchedulerView(
                waiting,
                List.of(),
                new CacheBudget.Shared(new KvGeometry(1, 1, 1), 1 << 24, Map.of()),
                step,
                1_000_000_000));
    }

    private static List<Long> sequences(StepPlan plan) {
        return ((StepPlan.Step) plan).rows().stream().map(StepRow::sequence).toList();
    }

    @Test
    void withNothingToDoItIdles() {
        assertThat(plan(List.of(), 1)).isInstanceOf(StepPlan.Idle.class);
    }

    @Test
    void stepsAndPassesAlternate() {
        List<RequestState> waiting = List.of(greedy(0, Priority.INTERACTIVE), ctc(1, 5, Priority.INTERACTIVE));
        assertThat(IntStream.range(0, 6).mapToObj(step -> plan(waiting, step) instanceof StepPlan.Draft))
                .containsExactly(false, true, false, true, false, true);
    }

    @Test
    void whatNobodyWaitsForGetsOneTurnInSeveral() {
        List<RequestState> offlinePass = List.of(greedy(0, Priority.INTERACTIVE), ctc(1, 5, Priority.BATCH));
        List<RequestState> offlineStep = List.of(greedy(0, Priority.BATCH), ctc(1, 5, Priority.INTERACTIVE));
        assertThat(IntStream.range(0, 4 * BATCH_TURN).filter(step -> plan(offlinePass, step) instanceof StepPlan.Draft))
                .containsExactly(1, 9);
        assertThat(IntStream.range(0, 4 * BATCH_TURN).filter(step -> plan(offlineStep, step) instanceof StepPlan.Work))
                .containsExactly(0, 8);
    }

    @Test
    void interactiveRowsGoFirstAndOfflineRowsHaveTheirTurns() {
        List<RequestState> waiting = List.of(ctc(0, 5, Priority.BATCH), ctc(1, 5, Priority.INTERACTIVE));
        assertThat(IntStream.range(0, 2 * BATCH_TURN).mapToObj(step -> sequences(plan(waiting, step))))
                .containsExactly(
                        List.of(0L),
                        List.of(0L),
                        List.of(1L),
                        List.of(1L),
                        List.of(1L),
                        List.of(1L),
                        List.of(1L),
                        List.of(1L));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aPassHasTheLongestWaitingRowAndStaysWithinItsBounds(int seed) {
        Random random = new Random(seed);
        List<RequestState> waiting = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(40); i++) {
            waiting.add(ctc(i, 1 + random.nextInt(random.nextBoolean() ? 30 : 400), Priority.INTERACTIVE));
        }
        boolean busy = random.nextBoolean();
        if (busy) {
            waiting.add(greedy(1000, Priority.INTERACTIVE));
        }
        StepPlan.Draft draft = (StepPlan.Draft) plan(waiting, 3);
        int first = draft.rows().getFirst().promptIds().size();
        int longest = 0;
        for (StepRow.Draft row : draft.rows()) {
            assertThat(Math.abs(row.promptIds().size() - first)).isLessThanOrEqualTo(8 + first / 4);
            longest = Math.max(longest, row.promptIds().size());
        }
        assertThat(sequences(draft)).startsWith(0L).doesNotHaveDuplicates();
        assertThat(draft.rows()).hasSizeLessThanOrEqualTo(8);
        assertThat(draft.rows().size() == 1 || draft.rows().size() * longest <= (busy ? 256 : 600))
                .as("seed %d", seed)
                .isTrue();
        assertThat(draft.joiningCount()).isEqualTo(draft.rows().size());
    }
}
