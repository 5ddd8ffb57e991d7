package dev.triptych.wire;

import java.util.List;

/**
 * What each step of a {@link ChainItem} came to, in order: the value of a record on the results topic of the last step's
 * service.
 */
public record ChainResult(List<ChainHop> hops) {}
