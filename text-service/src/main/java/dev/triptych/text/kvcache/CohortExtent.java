package dev.triptych.text.kvcache;

import java.util.Optional;

/**
 * A cohort of a {@link SharedKvCache} as it was at one moment. What it was promised never shrinks while rows run, since
 * its buffers do not.
 *
 * @param rows running rows
 * @param promised what is set aside; nothing for a cohort that does not run
 */
record CohortExtent(int rows, Optional<CacheDemand> promised) {

    static final CohortExtent NONE = new CohortExtent(0, Optional.empty());

    /** What must be promised when rows join. */
    CacheDemand with(CacheDemand joining) {
        CacheDemand before = promised.orElse(joining);
        return new CacheDemand(
                joining.joining(),
                Math.max(before.rows(), rows + joining.rows()),
                Math.max(before.sourceLength(), joining.sourceLength()),
                Math.max(before.maxLength(), joining.maxLength()));
    }

    /** Bytes of that beyond what is promised already. */
    long growth(CacheDemand joining, KvGeometry geometry) {
        return SharedBuffers.bytes(geometry, with(joining)) - bytes(geometry);
    }

    long bytes(KvGeometry geometry) {
        return promised.map(demand -> SharedBuffers.bytes(geometry, demand)).orElse(0L);
    }
}
