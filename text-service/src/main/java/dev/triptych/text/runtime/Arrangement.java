package dev.triptych.text.runtime;

import dev.triptych.text.scheduler.RunningRow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a cohort stand where once some have ended and some have parted. As few as possible move: the first that
 * goes on from a row stays in its place, others fill the places of those that ended, or follow behind.
 *
 * <pre>
 *   rows 0 1 2 3, of which 1 ends and 2 parts into 2a 2b 2c   ==&gt;   rows     0  2b 2a 3  2c
 *                                                                  sources  0  2  2  3  2
 * </pre>
 *
 * @param rows the new rows in the cache's order
 * @param sources the present row that each goes on from
 * @param moves whether any row is to move or to end
 */
record Arrangement(List<RunningRow> rows, int[] sources, boolean moves) {

    /**
     * A row that goes on.
     *
     * @param parent the present row that it goes on from
     */
    record Child(int parent, RunningRow row) {}

    /** @param present how many rows there are now */
    static Arrangement of(int present, List<Child> children) {
        @Nullable RunningRow[] staying = new RunningRow[present];
        List<Child> moving = new ArrayList<>();
        for (Child child : children) {
            if (staying[child.parent()] == null) {
                staying[child.parent()] = child.row();
            } else {
                moving.add(child);
            }
        }
        int count = children.size();
        for (int place = count; place < present; place++) {
            RunningRow row = staying[place];
            if (row != null) {
                moving.add(new Child(place, row));
            }
        }
        return fill(staying, moving, count);
    }

    private static Arrangement fill(@Nullable RunningRow[] staying, List<Child> moving, int count) {
        List<RunningRow> rows = new ArrayList<>(count);
        int[] sources = new int[count];
        int next = 0;
        for (int place = 0; place < count; place++) {
            RunningRow stays = place < staying.length ? staying[place] : null;
            if (stays == null) {
                Child mover = moving.get(next++);
                rows.add(mover.row());
                sources[place] = mover.parent();
            } else {
                rows.add(stays);
                sources[place] = place;
            }
        }
        return new Arrangement(rows, sources, next > 0 || count < staying.length);
    }
}
