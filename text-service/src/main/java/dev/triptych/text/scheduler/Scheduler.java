package dev.triptych.text.scheduler;

import dev.triptych.text.step.StepPlan;

/** Decides what a model's next step does. Pure: the same view gives the same plan, and planning changes nothing. */
public interface Scheduler {

    /** What the next model call should be. */
    StepPlan plan(SchedulerView view);

    /** Most rows that run at once. */
    int maxRows();

    /** Most rows that a single request may have. */
    int maxRequestRows();
}
