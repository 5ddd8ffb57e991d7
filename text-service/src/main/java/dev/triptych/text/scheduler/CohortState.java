package dev.triptych.text.scheduler;

import dev.triptych.text.generation.Priority;
import java.util.ArrayList;
import java.util.List;

/** Rows that step together, in the order of their cache. Owned by the engine loop, which changes it at commit only. */
public final class CohortState {

    private final long id;
    private List<RequestState> rows = List.of();
    private long lastStep;

    public CohortState(long id) {
        this.id = id;
    }

    public long id() {
        return id;
    }

    public List<RequestState> rows() {
        return rows;
    }

    /** The loop's number of the step that this cohort ran last. */
    public long lastStep() {
        return lastStep;
    }

    /** Whether somebody waits for one of its rows. */
    public boolean interactive() {
        return rows.stream().anyMatch(row -> row.priority() == Priority.INTERACTIVE);
    }

    /** Adds rows behind those that run. */
    public void join(List<RequestState> joining) {
        List<RequestState> joined = new ArrayList<>(rows.size() + joining.size());
        joined.addAll(rows);
        joined.addAll(joining);
        rows = List.copyOf(joined);
    }

    /** Records a step at commit. */
    public void stepped(long step) {
        lastStep = step;
    }

    /**
     * Keeps some rows.
     *
     * @param sources the row that becomes row {@code i}
     */
    public void keep(int[] sources) {
        List<RequestState> kept = new ArrayList<>(sources.length);
        for (int source : sources) {
            kept.add(rows.get(source));
        }
        rows = List.copyOf(kept);
    }
}
