package dev.triptych.text.runtime;

import java.util.function.IntPredicate;

/** Which rows of a cohort move where when some end. Pure. */
final class Compaction {

    private Compaction() {}

    /**
     * Fills each hole with a row from the end, so that as few rows as possible move.
     *
     * <pre>
     *   rows 0 1 2 3 4, of which 1 and 3 ended  ==&gt;  sources 0 4 2
     * </pre>
     *
     * @return the row that becomes row {@code i}, none less than {@code i}
     */
    static int[] sources(int rows, IntPredicate ended) {
        int kept = 0;
        for (int row = 0; row < rows; row++) {
            kept += ended.test(row) ? 0 : 1;
        }
        int[] sources = new int[kept];
        int last = rows - 1;
        for (int target = 0; target < kept; target++) {
            if (ended.test(target)) {
                while (ended.test(last)) {
                    last--;
                }
                sources[target] = last--;
            } else {
                sources[target] = target;
            }
        }
        return sources;
    }
}
