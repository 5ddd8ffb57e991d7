package dev.triptych.text.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.TokenRules;
import dev.triptych.text.kvcache.CacheBudget;
import dev.triptych.text.kvcache.KvGeometry;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContinuousSchedulerTest {

    private static final KvGeometry GEOMETRY = new KvGeometry(1, 1, 1);
    private static final long LONG_HELD = Duration.ofSeconds(1).toNanos();
    private static final int TURN = 4;

    private final Scheduler scheduler = new ContinuousScheduler(new SchedulingPolicy(40, 4000, 0.5, 1000, TURN));
    private long sequences;

    @Test
    void withNothingToDoThePlanIsIdle() {
        assertThat(plan(List.of(), List.of(), 0)).isInstanceOf(StepPlan.Idle.class);
    }

    @Test
    void requestsJoinTheRowsThatRunShortestPromptFirst() {
        CohortState running = cohort(Priority.INTERACTIVE, 2);
        StepPlan.Work plan = work(plan(waiting(Priority.INTERACTIVE, 9, 2, 5), List.of(running), 0));
        assertThat(plan.cohort()).isEqualTo(running.id());
        assertThat(plan.running().stream().map(StepRow::sequence))
                .isEqualTo(running.rows().stream()
                        .map(row -> row.request().sequence())
                        .toList());
        assertThat(plan.joining().stream().map(row -> row.promptIds().size())).containsExactly(2, 5, 9);
        assertThat(plan.demand()).hasValueSatisfying(demand -> {
            assertThat(demand.rows()).isEqualTo(3);
            assertThat(demand.sourceLength()).isEqualTo(9);
            assertThat(demand.maxLength()).isEqualTo(10);
        });
    }

    @Test
    void aFewRequestsWaitForMoreToShareTheEncoderButNotForLong() {
        List<CohortState> running = List.of(cohort(Priority.INTERACTIVE, 38));
        List<RequestState> one = waiting(Priority.INTERACTIVE, 5);
        assertThat(work(plan(one, running, 0)).joining()).isEmpty();
        assertThat(work(plan(one, running, LONG_HELD)).joining()).hasSize(1);
        assertThat(work(plan(waiting(Priority.INTERACTIVE, 5, 5), List.of(cohort(Priority.INTERACTIVE, 16)), 0))
                        .joining())
                .hasSize(2);
    }

    @Test
    void whereMoreWaitThanFindRoomTheyJoinInCompanyToo() {
        List<RequestState> many = waiting(
                Priority.INTERACTIVE, IntStream.generate(() -> 5).limit(60).toArray());
        CohortState nearlyFull = cohort(Priority.INTERACTIVE, 38);
        nearlyFull.joined(LONG_HELD - 5_000_000);
        assertThat(work(plan(many, List.of(nearlyFull), LONG_HELD)).joining()).isEmpty();
        CohortState roomy = cohort(Priority.INTERACTIVE, 35);
        roomy.joined(LONG_HELD - 5_000_000);
        assertThat(work(plan(many, List.of(roomy), LONG_HELD)).joining()).hasSize(5);
        nearlyFull.joined(LONG_HELD - 30_000_000);
        assertThat(work(plan(many, List.of(nearlyFull), LONG_HELD)).joining()).hasSize(2);
    }

    @Test
    void noMoreRowsRunThanAllowed() {
        List<RequestState> many = waiting(
                Priority.INTERACTIVE, IntStream.generate(() -> 5).limit(60).toArray());
        assertThat(work(plan(many, List.of(cohort(Priority.INTERACTIVE, 12)), 0))
                        .joining())
                .hasSize(28);
        assertThat(work(plan(many, List.of(cohort(Priority.INTERACTIVE, 40)), LONG_HELD))
                        .joining())
                .isEmpty();
    }

    @Test
    void theLongestWaitJoinsFirst() {
        List<RequestState> many =
                waiting(Priority.INTERACTIVE, IntStream.range(1, 60).toArray());
        assertThat(work(plan(many, List.of(cohort(Priority.INTERACTIVE, 37)), LONG_HELD)).joining().stream()
                        .map(StepRow::sequence))
                .containsExactly(0L, 1L, 2L);
    }

    @Test
    void offlineRequestsJoinWithThoseOfLikeLengthAndTheLongestWaitIsAmongThem() {
        CohortState running = cohort(Priority.BATCH, 36);
        List<RequestState> many = waiting(Priority.BATCH, 20, 90, 4, 22, 91, 19, 3, 21, 60);
        StepPlan.Work plan = work(plan(many, List.of(running), LONG_HELD));
        assertThat(plan.joining().stream().map(row -> row.promptIds().size())).containsExactly(19, 20, 21, 22);
        List<RequestState> left = many.stream()
                .filter(request -> plan.joining().stream().noneMatch(row -> row.sequence() == request.sequence()))
                .toList();
        assertThat(work(plan(left, List.of(running), LONG_HELD)).joining().stream()
                        .map(row -> row.promptIds().size()))
                .containsExactly(4, 60, 90, 91);
    }

    @Test
    void rowsThatRunDoNotWaitForMoreThanAThousandPositions() {
        int[] prompts = IntStream.generate(() -> 100).limit(30).toArray();
        assertThat(work(plan(waiting(Priority.INTERACTIVE, prompts), List.of(), 0))
                        .joining())
                .hasSize(30);
        assertThat(work(plan(waiting(Priority.INTERACTIVE, prompts), List.of(cohort(Priority.INTERACTIVE, 1)), 0))
                        .joining())
                .hasSize(10);
    }

    @Test
    void aPromptBeyondTheTokenBoundJoinsAlone() {
        assertThat(work(plan(waiting(Priority.INTERACTIVE, 5000, 3), List.of(), 0))
                        .joining())
                .hasSize(1);
    }

    @Test
    void joiningWaitsForMemory() {
        SchedulerView view = new SchedulerView(
                waiting(Priority.INTERACTIVE, 5),
                List.of(cohort(Priority.INTERACTIVE, 1)),
                new CacheBudget.Bytes(GEOMETRY, 4096),
                1,
                0);
        assertThat(work(scheduler.plan(view)).joining()).isEmpty();
    }

    @Test
    void offlineRowsStepApartAndYieldButDoNotStarve() {
        List<CohortState> cohorts = List.of(cohort(Priority.BATCH, 40), cohort(Priority.INTERACTIVE, 3));
        List<Long> turns = new ArrayList<>();
        for (long step = 1; step <= 2 * TURN; step++) {
            turns.add(work(scheduler.plan(view(List.of(), cohorts, step, 0))).cohort());
        }
        assertThat(Collections.frequency(turns, (long) Priority.BATCH.ordinal()))
                .isEqualTo(2);
        assertThat(turns.getFirst()).isEqualTo(Priority.INTERACTIVE.ordinal());
    }

    @Test
    void offlineRowsThatHadTheirShareOfTheTimeWaitOnTheirTurnToo() {
        List<CohortState> cohorts = List.of(cohort(Priority.BATCH, 40), cohort(Priority.INTERACTIVE, 3));
        for (long step = 1; step <= 2 * TURN; step++) {
            assertThat(work(scheduler.plan(paced(List.of(), cohorts, step, new SchedulerView.Pace(false, 0))))
                            .cohort())
                    .isEqualTo(Priority.INTERACTIVE.ordinal());
        }
        List<CohortState> alone = List.of(cohort(Priority.BATCH, 40));
        assertThat(work(scheduler.plan(paced(List.of(), alone, 1, new SchedulerView.Pace(false, 0))))
                        .cohort())
                .isEqualTo(Priority.BATCH.ordinal());
    }

    @Test
    void whileSomebodyMayComeOfflinePromptsAreReadInSmallParts() {
        int[] prompts = IntStream.generate(() -> 50).limit(30).toArray();
        List<RequestState> offline = waiting(Priority.BATCH, prompts);
        assertThat(work(scheduler.plan(paced(offline, List.of(), 1, new SchedulerView.Pace(true, 5_000_000))))
                        .joining())
                .hasSize(5);
        assertThat(work(scheduler.plan(paced(offline, List.of(), 1, new SchedulerView.Pace(true, 5_000_000_000L))))
                        .joining())
                .hasSize(30);
        assertThat(work(scheduler.plan(paced(
                                waiting(Priority.INTERACTIVE, prompts),
                                List.of(),
                                1,
                                new SchedulerView.Pace(true, 5_000_000))))
                        .joining())
                .hasSize(30);
    }

    private static SchedulerView paced(
            List<RequestState> waiting, List<CohortState> cohorts, long step, SchedulerView.Pace pace) {
        return new SchedulerView(
                waiting, cohorts, List.of(), new CacheBudget.Shared(GEOMETRY, 1 << 24, Map.of()), step, 0, pace);
    }

    @Test
    void offlineRowsNeverTakeThePlacesOfInteractiveOnes() {
        List<CohortState> offline = List.of(cohort(Priority.BATCH, 40));
        assertThat(work(plan(waiting(Priority.INTERACTIVE, 5), offline, 0)).joining())
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, true", "2, 1, true", "0, 3, true", "3, 1, false", "0, 4, false", "30, 6, false"})
    void draftsAreMadeWhileFewRowsRunAndWait(int running, int waiting, boolean drafted) {
        List<CohortState> cohorts = running == 0 ? List.of() : List.of(cohort(Priority.INTERACTIVE, running));
        List<RequestState> requests = IntStream.range(0, waiting)
                .mapToObj(i -> request(new Strategy.Speculative(), 5, Priority.INTERACTIVE))
                .toList();
        // What stepped longest ago is planned first: rows that run have just stepped.
        cohorts.forEach(cohort -> cohort.stepped(9));
        StepPlan.Work plan = work(plan(requests, cohorts, LONG_HELD));
        assertThat(plan.joining()).hasSize(waiting).allMatch(row -> row.drafted() == drafted);
        assertThat(plan.running()).hasSize(drafted ? 0 : running);
    }

    @Test
    void longPromptsAreNotDrafted() {
        StepPlan.Work plan =
                work(plan(List.of(request(new Strategy.Speculative(), 400, Priority.INTERACTIVE)), List.of(), 0));
        assertThat(plan.joining()).noneMatch(StepRow.Prefill::drafted);
    }

    @Test
    void planningChangesNothing() {
        List<RequestState> waiting = waiting(Priority.INTERACTIVE, 5, 7);
        List<CohortState> cohorts = List.of(cohort(Priority.INTERACTIVE, 2));
        assertThat(plan(waiting, cohorts, 0)).isEqualTo(plan(waiting, cohorts, 0));
    }

    private StepPlan plan(List<RequestState> waiting, List<CohortState> cohorts, long now) {
        return scheduler.plan(view(waiting, cohorts, 1, now));
    }

    private static SchedulerView view(List<RequestState> waiting, List<CohortState> cohorts, long step, long now) {
        return new SchedulerView(waiting, cohorts, new CacheBudget.Shared(GEOMETRY, 1 << 24, Map.of()), step, now);
    }

    private static StepPlan.Work work(StepPlan plan) {
        assertThat(plan).isInstanceOf(StepPlan.Work.class);
        return (StepPlan.Work) plan;
    }

    private CohortState cohort(Priority priority, int rows) {
        CohortState cohort = new CohortState(priority.ordinal());
        cohort.arrange(waiting(priority, IntStream.generate(() -> 5).limit(rows).toArray()).stream()
                .map(row -> new RunningRow(row, 0, 7))
                .toList());
        return cohort;
    }

    private List<RequestState> waiting(Priority priority, int... lengths) {
        List<RequestState> states = new ArrayList<>();
        for (int length : lengths) {
            states.add(request(new Strategy.Greedy(), length, priority));
        }
        return states;
    }

    private RequestState request(Strategy strategy, int length, Priority priority) {
        GenerationRequest request = new GenerationRequest(
                "r" + sequences,
                Collections.nCopies(length, 3),
                new GenerationParameters(strategy, 10, TokenRules.NONE, List.of(), OptionalInt.empty()),
                priority,
                Optional.empty());
        return new RequestState(sequences++, request, 0);
    }
}
