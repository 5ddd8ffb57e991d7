package dev.triptych.text.scheduler;

import dev.triptych.text.generation.Priority;
import java.util.List;

/** Rows that step together, in the order of their cache. Owned by the engine loop, which changes it at commit only. */
public final class CohortState {

    private final long id;
    private List<RunningRow> rows = List.of();
    private long lastStep;
    private long joinedNanos = Long.MIN_VALUE;

    public CohortState(long id) {
        this.id = id;
    }

    public long id() {
        return id;
    }

    public List<RunningRow> rows() {
        return rows;
    }

    /** The loop's number of the step that this cohort ran last. */
    public long lastStep() {
        return lastStep;
    }

    /** Whether somebody waits for one of its rows. */
    public boolean interactive() {
        return rows.stream().anyMatch(row -> row.request().priority() == Priority.INTERACTIVE);
    }

    /** Records a step at commit. */
    public void stepped(long step) {
        lastStep = step;
    }

    /** Records at commit that rows joined. */
    public void joined(long nanos) {
        joinedNanos = nanos;
    }

    /** How long nobody has joined; a new cohort: for ever. */
    long sinceJoinNanos(long nowNanos) {
        return joinedNanos == Long.MIN_VALUE ? Long.MAX_VALUE : nowNanos - joinedNanos;
    }

    /** Takes other rows, in the order of the cache. */
    public void arrange(List<RunningRow> arranged) {
        rows = List.copyOf(arranged);
    }
}
