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
 * @param pace how offline work fares beside the rest
 */
public record SchedulerView(
        List<RequestState> waiting,
        List<CohortState> cohorts,
        List<RefiningRequest> refining,
        CacheBudget budget,
        long step,
        long nowNanos,
        Pace pace) {

    /** Nothing is refined, and no step was measured yet. */
    public SchedulerView(
            List<RequestState> waiting, List<CohortState> cohorts, CacheBudget budget, long step, long nowNanos) {
        this(waiting, cohorts, List.of(), budget, step, nowNanos, Pace.UNMEASURED);
    }

    /**
     * How offline work fares.
     *
     * @param offlineDue whether it has had no more than its share of the time beside interactive rows
     * @param sinceInteractiveNanos since somebody waited for a step that ran
     */
    public record Pace(boolean offlineDue, long sinceInteractiveNanos) {

        public static final Pace UNMEASURED = new Pace(true, Long.MAX_VALUE);
    }

    /** The same without what non-autoregressive decoders compute. */
    SchedulerView sequential() {
        return new SchedulerView(
                waiting.stream().filter(request -> !request.parallel()).toList(),
                cohorts,
                List.of(),
                budget,
                step,
                nowNanos,
                pace);
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
