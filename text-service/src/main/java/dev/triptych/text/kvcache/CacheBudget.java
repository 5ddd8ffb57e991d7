package dev.triptych.text.kvcache;

import java.util.Map;

/** Memory that more rows may take, as it was at one moment. */
public sealed interface CacheBudget {

    /** Whether rows could join a cohort, be it new or running. */
    boolean fits(long cohort, CacheDemand joining);

    /**
     * Of caches that are set aside cohort by cohort.
     *
     * @param geometry what a row costs
     * @param freeBytes not promised to any cohort
     */
    record Bytes(KvGeometry geometry, long freeBytes) implements CacheBudget {

        @Override
        public boolean fits(long cohort, CacheDemand joining) {
            return joining.bytes(geometry) <= freeBytes;
        }
    }

    /**
     * Of caches that grow when rows join.
     *
     * @param geometry what a row costs
     * @param freeBytes not promised to any cohort
     * @param cohorts what runs
     */
    record Shared(KvGeometry geometry, long freeBytes, Map<Long, CohortExtent> cohorts) implements CacheBudget {

        public Shared {
            cohorts = Map.copyOf(cohorts);
        }

        @Override
        public boolean fits(long cohort, CacheDemand joining) {
            return cohorts.getOrDefault(cohort, CohortExtent.NONE).growth(joining, geometry) <= freeBytes;
        }
    }
}
