package dev.triptych.text.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.kvcache.CacheBudget;
import dev.triptych.text.kvcache.KvGeometry;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepRow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CohortSchedulerTest {

    private static final KvGeometry GEOMETRY = new KvGeometry(1, 1, 1);
    private static final long HOLD = 1000;

    private final Scheduler scheduler = new CohortScheduler(new SchedulingPolicy(8, 100, 0.5, HOLD, 4));
    private long sequences;

    @Test
    void withNothingToDoThePlanIsIdle() {
        assertThat(plan(List.of(), List.of(), 0)).isInstanceOf(StepPlan.Idle.class);
    }

    @Test
    void anIdleEngineStartsWhateverWaits() {
        assertThat(started(plan(List.of(waiting(5, 0)), List.of(), 0))).hasSize(1);
    }

    @Test
    void requestsGatherWhileManyRowsRun() {
        CohortState running = cohort(6);
        assertThat(plan(List.of(waiting(5, 0), waiting(5, 0)), List.of(running), HOLD - 1))
                .satisfies(CohortSchedulerTest::advances);
        assertThat(started(plan(List.of(waiting(5, 0), waiting(5, 0)), List.of(cohort(4)), 0)))
                .hasSize(2);
    }

    @Test
    void aRequestThatWaitedLongEnoughStarts() {
        assertThat(started(plan(List.of(waiting(5, 0)), List.of(cohort(6)), HOLD)))
                .hasSize(1);
    }

    @Test
    void noMoreRowsRunThanAllowed() {
        assertThat(plan(List.of(waiting(5, 0)), List.of(cohort(8)), 10 * HOLD))
                .satisfies(CohortSchedulerTest::advances);
        List<RequestState> many = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            many.add(waiting(2, 0));
        }
        assertThat(started(plan(many, List.of(cohort(3)), 0))).hasSize(5);
    }

    @Test
    void rowsStandInOrderOfLength() {
        List<RequestState> mixed = List.of(waiting(9, 0), waiting(2, 0), waiting(5, 0));
        assertThat(started(plan(mixed, List.of(), 0)).stream()
                        .map(row -> row.promptIds().size()))
                .containsExactly(2, 5, 9);
    }

    @Test
    void whenNotAllFitTheLongestWaitTakesThoseNearestToItInLength() {
        List<RequestState> many = new ArrayList<>(List.of(waiting(20, 0)));
        for (int length = 1; length <= 30; length++) {
            many.add(waiting(length, 0));
        }
        List<StepRow.Prefill> rows = started(plan(many, List.of(), 0));
        // Four rows of up to 21 or 22 tokens are within 100 positions, and a fifth is not.
        assertThat(rows.stream().map(StepRow::sequence)).contains(0L);
        assertThat(rows.stream().map(row -> row.promptIds().size())).containsExactly(19, 20, 20, 21);
    }

    @Test
    void aPromptBeyondTheTokenBoundRunsAlone() {
        assertThat(started(plan(List.of(waiting(150, 0), waiting(3, 0)), List.of(), 0)))
                .hasSize(1);
    }

    @Test
    void interactiveRequestsGoFirst() {
        List<RequestState> many = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            many.add(waiting(5, Priority.BATCH));
        }
        many.add(waiting(5, Priority.INTERACTIVE));
        assertThat(started(plan(many, List.of(), 0)).stream().map(StepRow::sequence))
                .contains(12L);
    }

    @Test
    void aStartWaitsForMemory() {
        SchedulerView view = new SchedulerView(
                List.of(waiting(5, 0)), List.of(cohort(1)), new CacheBudget.Bytes(GEOMETRY, 4096), 1, 0);
        assertThat(scheduler.plan(view)).satisfies(CohortSchedulerTest::advances);
    }

    @Test
    void cohortsTakeTurns() {
        CohortState first = cohort(4);
        CohortState second = cohort(4);
        first.stepped(7);
        second.stepped(6);
        assertThat(plan(List.of(), List.of(first, second), 0))
                .isInstanceOfSatisfying(
                        StepPlan.Work.class, plan -> assertThat(plan.cohort()).isEqualTo(second.id()));
    }

    @Test
    void offlineCohortsYieldButDoNotStarve() {
        CohortState offline = cohort(90, List.of(waiting(5, Priority.BATCH)));
        CohortState interactive = cohort(91, List.of(waiting(5, Priority.INTERACTIVE)));
        List<Long> turns = new ArrayList<>();
        for (long step = 1; step <= 8; step++) {
            SchedulerView view = new SchedulerView(
                    List.of(), List.of(offline, interactive), new CacheBudget.Bytes(GEOMETRY, 1 << 20), step, 0);
            StepPlan.Work plan = (StepPlan.Work) scheduler.plan(view);
            turns.add(plan.cohort());
            (plan.cohort() == 90 ? offline : interactive).stepped(step);
        }
        assertThat(Collections.frequency(turns, 90L)).isEqualTo(2);
        assertThat(turns.getFirst()).isEqualTo(91L);
    }

    @Test
    void planningChangesNothing() {
        List<RequestState> waiting = List.of(waiting(5, 0), waiting(7, 0));
        List<CohortState> cohorts = List.of(cohort(2));
        assertThat(plan(waiting, cohorts, 0)).isEqualTo(plan(waiting, cohorts, 0));
    }

    private StepPlan plan(List<RequestState> waiting, List<CohortState> cohorts, long now) {
        return scheduler.plan(new SchedulerView(waiting, cohorts, new CacheBudget.Bytes(GEOMETRY, 1 << 20), 1, now));
    }

    private static List<StepRow.Prefill> started(StepPlan plan) {
        assertThat(plan).isInstanceOf(StepPlan.Work.class);
        assertThat(((StepPlan.Work) plan).running()).isEmpty();
        return ((StepPlan.Work) plan).joining();
    }

    private static void advances(StepPlan plan) {
        assertThat(plan)
                .isInstanceOfSatisfying(
                        StepPlan.Work.class, work -> assertThat(work.joining()).isEmpty());
    }

    private static CohortState cohort(long id, List<RequestState> rows) {
        CohortState cohort = new CohortState(id);
        cohort.arrange(rows.stream().map(row -> new RunningRow(row, 0, 7)).toList());
        return cohort;
    }

    private CohortState cohort(int rows) {
        List<RequestState> states = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            states.add(waiting(5, 0));
        }
        return cohort(100 + sequences, states);
    }

    private RequestState waiting(int length, Priority priority) {
        GenerationRequest request = new GenerationRequest(
                "r" + sequences,
                Collections.nCopies(length, 3),
                GenerationParameters.greedy(10),
                priority,
                Optional.empty());
        return new RequestState(sequences++, request, 0);
    }

    private RequestState waiting(int length, long arrival) {
        RequestState state = waiting(length, Priority.INTERACTIVE);
        assertThat(state.arrivalNanos()).isEqualTo(arrival);
        return state;
    }
}
