package dev.triptych.text.scheduler;

import dev.triptych.text.step.StepPlan;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Plans for graphs whose rows must start together. A step's cost is a large constant and a small part per row, so
 * throughput comes from large cohorts: requests gather while others run, until they are many enough, or one has waited
 * long enough. Running cohorts take turns.
 */
public final class CohortScheduler implements Scheduler {

    private final SchedulingPolicy policy;

    public CohortScheduler(SchedulingPolicy policy) {
        this.policy = policy;
    }

    @Override
    public int maxRows() {
        return policy.maxRows();
    }

    @Override
    public int maxRequestRows() {
        return policy.maxRows();
    }

    @Override
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
        int startable = Math.min(room, Joining.rows(view.waiting()));
        if (startable >= policy.startFraction() * running) {
            return true;
        }
        return view.nowNanos() - view.waiting().getFirst().arrivalNanos() >= policy.maxHoldNanos();
    }

    /** A new cohort of the most urgent request and those nearest to it in length, within rows, tokens and memory. */
    private Optional<StepPlan> start(SchedulerView view) {
        List<RequestState> ranked =
                view.waiting().stream().sorted(Joining.URGENCY).toList();
        RequestState anchor = ranked.getFirst();
        int room = policy.maxRows() - view.runningRows();
        List<RequestState> candidates = ranked.stream()
                .filter(request -> request.priority() == anchor.priority())
                .toList();
        if (candidates.size() < room) {
            candidates = ranked.subList(0, Math.min(room, ranked.size()));
        }
        List<RequestState> chosen = Joining.within(
                nearest(candidates, anchor),
                room,
                policy.maxBatchTokens(),
                demand -> view.budget().fits(view.step(), demand));
        if (chosen.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new StepPlan.Work(
                view.step(), List.of(), Joining.prefills(chosen, false), Optional.of(Joining.demand(chosen))));
    }

    /** Nearest in length first; the anchor comes out first, being at distance zero and the most urgent of those. */
    private static List<RequestState> nearest(List<RequestState> candidates, RequestState anchor) {
        return candidates.stream()
                .sorted(Comparator.<RequestState>comparingInt(request -> request == anchor ? 0 : 1)
                        .thenComparingInt(request -> Math.abs(request.promptLength() - anchor.promptLength()))
                        .thenComparing(Joining.URGENCY))
                .toList();
    }

    /** The cohort whose last step is the longest ago; offline cohorts only on their turns while others run. */
    private StepPlan advance(SchedulerView view) {
        boolean interactiveFirst = !policy.offlineFirst(view.step(), view.pace());
        Comparator<CohortState> order = Comparator.comparingLong(CohortState::lastStep);
        if (interactiveFirst) {
            order = Comparator.<CohortState>comparingInt(cohort -> cohort.interactive() ? 0 : 1)
                    .thenComparing(order);
        }
        return view.cohorts().stream()
                .min(order)
                .<StepPlan>map(cohort ->
                        new StepPlan.Work(cohort.id(), Joining.decodes(cohort.rows()), List.of(), Optional.empty()))
                .orElseGet(StepPlan.Idle::new);
    }
}
