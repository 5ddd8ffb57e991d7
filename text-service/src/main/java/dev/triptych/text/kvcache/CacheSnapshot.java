package dev.triptych.text.kvcache;

/**
 * Counts of a {@link KvCache} at one moment, in bytes except for the first.
 *
 * @param cohorts running cohorts
 * @param budgetBytes the most that may be held
 * @param promisedBytes set aside for running cohorts
 * @param heldBytes taken from the system
 * @param leasedBytes of these, in use by cohorts
 * @param idleBytes of these, kept for reuse
 */
public record CacheSnapshot(
        int cohorts, long budgetBytes, long promisedBytes, long heldBytes, long leasedBytes, long idleBytes) {}
