package dev.triptych.text.scheduler;

/**
 * How cohorts are built and when they start.
 *
 * @param maxRows most rows that run at once, over all cohorts
 * @param maxBatchTokens most padded prompt positions of one new cohort ({@code rows · longest prompt}); a single longer
 *     prompt still runs alone
 * @param startFraction a new cohort starts once the requests waiting are at least this part of the rows running: small
 *     cohorts cost nearly as much per step as large ones
 * @param maxHoldNanos a request that waited this long starts a cohort whatever the fraction
 * @param batchTurn while interactive rows run, cohorts of offline work get at most one step in this many, and that only
 *     when it is due by the time it takes
 */
public record SchedulingPolicy(
        int maxRows, int maxBatchTokens, double startFraction, long maxHoldNanos, int batchTurn) {

    public SchedulingPolicy {
        if (maxRows < 1 || maxBatchTokens < 1 || batchTurn < 1) {
            throw new IllegalArgumentException("a policy needs room for one row, one token and one turn, got " + maxRows
                    + ", " + maxBatchTokens + ", " + batchTurn);
        }
        if (!(startFraction >= 0) || maxHoldNanos < 0) {
            throw new IllegalArgumentException(
                    "a start fraction and a hold must not be negative, got " + startFraction + ", " + maxHoldNanos);
        }
    }

    /** Whether offline work goes before what somebody waits for, in a decoder's turn of that number. */
    boolean offlineFirst(long turn, SchedulerView.Pace pace) {
        return turn % batchTurn == 0 && pace.offlineDue();
    }
}
