package dev.triptych.text.kvcache;

import java.util.ArrayList;
import java.util.List;

/** What must hold of a {@link KvCache} between steps, whatever happened in them. */
public final class CacheInvariants {

    private CacheInvariants() {}

    /** The rules that are broken, in words; empty when none is. */
    public static List<String> violations(CacheSnapshot cache) {
        List<String> violations = new ArrayList<>();
        check(violations, cache.heldBytes() == cache.leasedBytes() + cache.idleBytes(), "held = leased + idle", cache);
        check(violations, cache.heldBytes() <= cache.budgetBytes(), "held is within the budget", cache);
        check(violations, cache.promisedBytes() <= cache.budgetBytes(), "promised is within the budget", cache);
        check(violations, cache.leasedBytes() <= cache.promisedBytes(), "leased is within what was promised", cache);
        check(
                violations,
                cache.cohorts() > 0 || cache.promisedBytes() == 0 && cache.leasedBytes() == 0,
                "without cohorts nothing is promised or leased",
                cache);
        return violations;
    }

    private static void check(List<String> violations, boolean holds, String rule, CacheSnapshot cache) {
        if (!holds) {
            violations.add(rule + " does not hold: " + cache);
        }
    }
}
