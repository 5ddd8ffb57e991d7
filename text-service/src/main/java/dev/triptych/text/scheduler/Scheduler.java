package dev.triptych.text.scheduler;

import dev.triptych.text.kvcache.CacheDemand;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Plans steps for graphs whose rows must start together. A step's cost is a large constant and a small part per row, so
 * throughput comes from large cohorts: requests gather while others run, until they are many enough, or one has waited
 * long enough. Running cohorts take turns.
 *
 * <p>Pure: the same view gives the same plan, and planning changes nothing.
 */
public final class Scheduler {

    /** Priority first, then the longest wait. */
    private static final Comparator<RequestState> URGENCY =
            Comparator.comparing(RequestState::priority).thenComparingLong(RequestState::sequence);

    private static final Comparator<RequestState> LENGTH =
            Comparator.comparingInt(RequestState::promptLength).thenComparingLong(RequestState::sequence);

    private final SchedulingPolicy policy;

    public Scheduler(SchedulingPolicy policy) {
        this.policy = policy;
    }

    /** What the next model call should be. */
    public StepPlan plan(SchedulerView view) {
        if (mayStart(view)) {
            Optional<StepPlan> start = start(view);
            if (start.isPresent()) {
                return start.get();
            }
        }
        return advance(view);
    }

    private boolean mayStart(SchedulerView view) {
        int running = view.runningRows();
        int room = policy.maxRows() - running;
        if (view.waiting().isEmpty() || room < 1) {
            return false;
        }
        int startable = Math.min(room, view.waiting().size());
        if (startable >= policy.startFraction() * running) {
            return true;
        }
        return view.nowNanos() - view.waiting().getFirst().arrivalNanos() >= policy.maxHoldNanos();
    }

    /** A new cohort of the most urgent request and those nearest to it in length, within rows, tokens and memory. */
    private Optional<StepPlan> start(SchedulerView view) {
        List<RequestState> ranked = view.waiting().stream().sorted(URGENCY).toList();
        RequestState anchor = ranked.getFirst();
        int room = policy.maxRows() - view.runningRows();
        List<RequestState> candidates = ranked.stream()
                .filter(request -> request.priority() == anchor.priority())
                .toList();
        if (candidates.size() < room) {
            candidates = ranked.subList(0, Math.min(room, ranked.size()));
        }
        List<RequestState> chosen = within(view, room, nearest(candidates, anchor));
        if (chosen.isEmpty()) {
            return Optional.empty();
        }
        chosen.sort(LENGTH);
        List<StepRow.Prefill> rows = chosen.stream()
                .map(request -> new StepRow.Prefill(request.sequence(), request.promptIds()))
                .toList();
        return Optional.of(new StepPlan.Start(view.step(), rows, demand(chosen)));
    }

    /** Nearest in length first; the anchor comes out first, being at distance zero and the most urgent of those. */
    private static List<RequestState> nearest(List<RequestState> candidates, RequestState anchor) {
        return candidates.stream()
                .sorted(Comparator.<RequestState>comparingInt(request -> request == anchor ? 0 : 1)
                        .thenComparingInt(request -> Math.abs(request.promptLength() - anchor.promptLength()))
                        .thenComparing(URGENCY))
                .toList();
    }

    private List<RequestState> within(SchedulerView view, int room, List<RequestState> candidates) {
        List<RequestState> chosen = new ArrayList<>();
        for (RequestState candidate : candidates) {
            chosen.add(candidate);
            CacheDemand demand = demand(chosen);
            boolean tooManyTokens =
                    chosen.size() > 1 && (long) demand.rows() * demand.sourceLength() > policy.maxBatchTokens();
            if (chosen.size() > room || tooManyTokens || !view.budget().fits(demand)) {
                chosen.removeLast();
                break;
            }
        }
        return chosen;
    }

    private static CacheDemand demand(List<RequestState> rows) {
        int source = 0;
        int length = 0;
        for (RequestState row : rows) {
            source = Math.max(source, row.promptLength());
            length = Math.max(length, row.maxNewTokens());
        }
        return new CacheDemand(rows.size(), source, length);
    }

    /** The cohort whose last step is the longest ago; offline cohorts only on their turns while others run. */
    private StepPlan advance(SchedulerView view) {
        boolean interactiveFirst = view.step() % policy.batchTurn() != 0;
        Comparator<CohortState> order = Comparator.comparingLong(CohortState::lastStep);
        if (interactiveFirst) {
            order = Comparator.<CohortState>comparingInt(cohort -> cohort.interactive() ? 0 : 1)
                    .thenComparing(order);
        }
        return view.cohorts().stream()
                .min(order)
                .<StepPlan>map(cohort -> new StepPlan.Advance(
                        cohort.id(),
                        cohort.rows().stream()
                                .map(row -> new StepRow.Decode(row.sequence(), row.lastToken()))
                                .toList()))
                .orElseGet(StepPlan.Idle::new);
    }
}
