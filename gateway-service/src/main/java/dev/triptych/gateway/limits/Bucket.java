package dev.triptych.gateway.limits;

/** Whose bucket of what, and how much fits in, which is also what flows in each minute. */
record Bucket(String keyId, LimitUnit unit, long perMinute) {}
