package dev.triptych.text.scheduler;

import dev.triptych.text.generation.Priority;
import dev.triptych.text.kvcache.CacheBudget;
import java.util.List;

/**
 * All that a plan is made from.
 *
 * @param waiting requests not started, in order of arrival
 * @param cohorts what runs
 * @param refining what is refined pass by pass, the longest ago first
 * @param budget memory that a new cohort may take
 * @param step number of the step to plan, ascending
 * @param nowNanos the time
 */
public record SchedulerView(
        List<RequestState> waiting,
        List<CohortState> cohorts,
        List<RefiningRequest> refining,
        CacheBudget budget,
        long step,
        long nowNanos) {

    /** Nothing is refined. */
    public SchedulerView(
            List<RequestState> waiting, List<CohortState> cohorts, CacheBudget budget, long step, long nowNanos) {
        this(waiting, cohorts, List.of(), budget, step, nowNanos);
    }

    /** The same without what non-autoregressive decoders compute. */
    SchedulerView sequential() {
        return new SchedulerView(
                waiting.stream().filter(request -> !request.parallel()).toList(), cohorts, budget, step, nowNanos);
    }

    /** Whether somebody waits for any of it. */
    boolean interactive() {
        return cohorts.stream().anyMatch(CohortState::interactive)
                || waiting.stream().anyMatch(request -> request.priority() == Priority.INTERACTIVE);
    }

    int runningRows() {
        int rows = 0;
        for (CohortState cohort : cohorts) {
            rows += cohort.rows().size();
        }
        return rows;
    }
}
