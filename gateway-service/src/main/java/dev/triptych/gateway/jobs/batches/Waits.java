package dev.triptych.gateway.jobs.batches;

import java.time.Duration;
import java.util.Objects;
import reactor.core.publisher.Mono;

/** Waits for the store, on threads that may wait, and never without end. */
final class Waits {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Waits() {}

    static <T> T get(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(LIMIT));
    }

    static void run(Mono<Void> mono) {
        mono.block(LIMIT);
    }
}
