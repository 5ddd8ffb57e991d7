package dev.triptych.text.kvcache;

/**
 * Memory that new cohorts may take, as it was at one moment.
 *
 * @param geometry what a row costs
 * @param freeBytes not promised to any cohort
 */
public record CacheBudget(KvGeometry geometry, long freeBytes) {

    /** Whether a cohort could start. */
    public boolean fits(CacheDemand demand) {
        return demand.bytes(geometry) <= freeBytes;
    }
}
