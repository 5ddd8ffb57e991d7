package dev.triptych.text.scheduler;

import dev.triptych.text.generation.Priority;
import dev.triptych.text.step.StepPlan;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Plans for graphs that give each row its own length: rows join and leave at any step (continuous batching, Yu et al.
 * 2022, Orca). There is one cohort per priority, so that offline rows never slow the steps of those that somebody waits
 * for, nor take their places; and one more for rows with drafts, whose passes are wider. Cohorts of one priority take
 * turns. Drafts are made while few rows run; beyond that, rows that ask for them decode token by token beside all others,
 * which is faster and gives the same.
 */
public final class ContinuousScheduler implements Scheduler {

    /**
     * Requests join once they are this part of the rows that run: a run of the encoder has a cost of its own, which they
     * then share.
     */
    private static final double JOIN_FRACTION = 0.125;

    /** A request that waited this long joins, however few there are, but no more often than that. */
    private static final long HOLD_NANOS = 30_000_000;

    /** Most positions that are encoded while other rows wait for their next token. */
    private static final int JOIN_TOKENS = 1024;

    /** The same of offline rows while somebody may come: who comes meanwhile waits for the step to end. */
    private static final int BRIEF_JOIN_TOKENS = 256;

    /** For so long after an interactive step another one is expected. */
    private static final long BRIEF_NANOS = 1_000_000_000;

    /**
     * Most rows, running and waiting, at which drafts are made. One costs about as much as 50 steps of a row in company, and
     * saves some 17 passes: which pays as long as a pass serves few rows.
     */
    private static final int DRAFTING_ROWS = 3;

    /** Longer prompts are not drafted: the scores of all their frames would take too much memory. */
    private static final int DRAFTED_PROMPT = 192;

    private static final List<Priority> INTERACTIVE_FIRST = List.of(Priority.INTERACTIVE, Priority.BATCH);
    private static final List<Priority> OFFLINE_FIRST = List.of(Priority.BATCH, Priority.INTERACTIVE);

    private final SchedulingPolicy policy;

    public ContinuousScheduler(SchedulingPolicy policy) {
        this.policy = policy;
    }

    @Override
    public int maxRows() {
        return Kind.ALL.size() * policy.maxRows();
    }

    @Override
    public int maxRequestRows() {
        return policy.maxRows();
    }

    @Override
    public StepPlan plan(SchedulerView view) {
        boolean offlineTurn = policy.offlineFirst(view.step(), view.pace());
        for (Priority priority : offlineTurn ? OFFLINE_FIRST : INTERACTIVE_FIRST) {
            for (Kind kind : Kind.of(priority, view)) {
                Optional<StepPlan> step = step(view, kind);
                if (step.isPresent()) {
                    return step.get();
                }
            }
        }
        return new StepPlan.Idle();
    }

    /** What a cohort is for. */
    private record Kind(Priority priority, boolean drafted) {

        static final List<Kind> ALL = Stream.of(false, true)
                .flatMap(drafted -> Arrays.stream(Priority.values()).map(priority -> new Kind(priority, drafted)))
                .toList();

        /** Those of a priority, the one that stepped last behind. */
        static List<Kind> of(Priority priority, SchedulerView view) {
            Kind plain = ALL.get(priority.ordinal());
            Kind drafted = ALL.get(Priority.values().length + priority.ordinal());
            return drafted.lastStep(view) < plain.lastStep(view) ? List.of(drafted, plain) : List.of(plain, drafted);
        }

        private long lastStep(SchedulerView view) {
            CohortState cohort = cohort(view);
            return cohort == null ? -1 : cohort.lastStep();
        }

        long id() {
            return ALL.indexOf(this);
        }

        @Nullable
        CohortState cohort(SchedulerView view) {
            for (CohortState cohort : view.cohorts()) {
                if (cohort.id() == id()) {
                    return cohort;
                }
            }
            return null;
        }

        boolean takes(RequestState request, boolean drafting) {
            boolean draft = drafting && request.drafted() && request.promptLength() <= DRAFTED_PROMPT;
            return request.priority() == priority && draft == drafted;
        }
    }

    private Optional<StepPlan> step(SchedulerView view, Kind kind) {
        CohortState cohort = kind.cohort(view);
        List<RunningRow> running = cohort == null ? List.of() : cohort.rows();
        List<RequestState> joining = joining(view, kind, running.size());
        if (running.isEmpty() && joining.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new StepPlan.Work(
                kind.id(),
                Joining.decodes(running),
                Joining.prefills(joining, kind.drafted()),
                joining.isEmpty() ? Optional.empty() : Optional.of(Joining.demand(joining))));
    }

    private List<RequestState> joining(SchedulerView view, Kind kind, int running) {
        if (view.waiting().isEmpty()) {
            return List.of();
        }
        boolean drafting = view.runningRows() + Joining.rows(view.waiting()) <= DRAFTING_ROWS;
        List<RequestState> waiting = view.waiting().stream()
                .filter(request -> kind.takes(request, drafting))
                .toList();
        int room = policy.maxRows() - running;
        if (room < 1 || waiting.isEmpty()) {
            return List.of();
        }
        // Where more wait than find room, all have waited long: then it counts since when room has come free.
        CohortState cohort = kind.cohort(view);
        long sinceJoin = cohort == null ? Long.MAX_VALUE : cohort.sinceJoinNanos(view.nowNanos());
        boolean held = Math.min(view.nowNanos() - waiting.getFirst().arrivalNanos(), sinceJoin) < HOLD_NANOS;
        if (held && Math.min(room, Joining.rows(waiting)) < JOIN_FRACTION * running) {
            return List.of();
        }
        int tokens = running == 0 ? policy.maxBatchTokens() : Math.min(policy.maxBatchTokens(), JOIN_TOKENS);
        if (kind.priority() == Priority.INTERACTIVE) {
            return Joining.within(waiting, room, tokens, demand -> view.budget().fits(kind.id(), demand));
        }
        if (view.pace().sinceInteractiveNanos() < BRIEF_NANOS) {
            tokens = Math.min(tokens, BRIEF_JOIN_TOKENS);
        }
        return Joining.within(
                Joining.alike(waiting), room, tokens, demand -> view.budget().fits(kind.id(), demand));
    }
}
