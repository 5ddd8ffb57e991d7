package dev.triptych.gateway.limits;

import reactor.core.publisher.Mono;

/** Where the levels are kept. A bucket that was never drawn from is full. Safe from any thread. */
public interface Buckets {

    /** Fills the bucket by the time that went by, then draws from it, both at once. */
    Mono<Draw.Drawn> draw(Bucket bucket, Draw draw);
}
