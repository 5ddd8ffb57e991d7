package dev.triptych.text.kvcache;

/**
 * Which rows move where in place. A row may only be overwritten where nobody goes on from it, so that moves can be made
 * in any order and none needs memory beside:
 *
 * <pre>
 *   rows 0 1 2 3, of which 1 ends and 2 parts into three   ==&gt;   sources 0 2 2 3 2
 *                                                                        ^     ^ copies of row 2
 * </pre>
 */
final class RowMoves {

    private RowMoves() {}

    /** @throws IllegalArgumentException if a row does not exist, or is overwritten while another goes on from it */
    static void check(int[] sources, int rows) {
        boolean[] overwritten = new boolean[rows];
        for (int target = 0; target < sources.length; target++) {
            if (sources[target] < 0 || sources[target] >= rows) {
                throw new IllegalArgumentException("there is no row " + sources[target] + " among " + rows);
            }
            if (target < rows) {
                overwritten[target] = sources[target] != target;
            }
        }
        for (int source : sources) {
            if (overwritten[source]) {
                throw new IllegalArgumentException("row " + source + " would be overwritten, but is still needed");
            }
        }
    }
}
