package dev.triptych.inference;

/**
 * Measures what offline runs take beside those that somebody waits for. A run of many offline rows takes as long as a
 * dozen of a single row, so that turns counted in runs would give them most of the time. Not safe from several threads:
 * whoever owns the runs owns it.
 */
public final class OfflineShare {

    /** Of the time, while somebody waits: one part in so many. */
    private static final int PARTS = 8;

    private long owedNanos;
    private long lastInteractiveNanos;
    private boolean interactiveEver;

    /** Whether offline work has had no more than its share, so that it goes first. */
    public boolean due() {
        return owedNanos <= 0;
    }

    /** Since a run ended that somebody waited for; {@link Long#MAX_VALUE} where there was none. */
    public long sinceInteractiveNanos(long nowNanos) {
        return interactiveEver ? nowNanos - lastInteractiveNanos : Long.MAX_VALUE;
    }

    /**
     * Notes a run that ended now.
     *
     * @param interactive whether somebody waited for any of it
     * @param nanos what it took
     */
    public void ran(boolean interactive, long nanos, long nowNanos) {
        if (interactive) {
            owedNanos = Math.max(0, owedNanos - nanos);
            lastInteractiveNanos = nowNanos;
            interactiveEver = true;
        } else {
            owedNanos = (PARTS - 1) * nanos;
        }
    }
}
