package dev.triptych.gateway.upstream;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;

/**
 * One circuit breaker for each replica. A connection that fails opens it, for a second at first and twice as long each
 * time the one request that then tries the replica fails as well. Metrics know them as {@code text-0}.
 */
public final class ReplicaBreakers {

    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(32);
    private static final int EVERY_FAILURE = 100;

    private final CircuitBreakerRegistry breakers;

    public ReplicaBreakers(MeterRegistry meters) {
        this(steadyTime(), meters);
    }

    ReplicaBreakers(InstantSource time, MeterRegistry meters) {
        this.breakers = CircuitBreakerRegistry.of(CircuitBreakerConfig.custom()
                .slidingWindow(1, 1, SlidingWindowType.COUNT_BASED, SlidingWindowSynchronizationStrategy.SYNCHRONIZED)
                .failureRateThreshold(EVERY_FAILURE)
                .permittedNumberOfCallsInHalfOpenState(1)
                .waitIntervalFunctionInOpenState(IntervalFunction.ofExponentialBackoff(FIRST_WAIT, 2, LONGEST_WAIT))
                .clock(time.withZone(ZoneOffset.UTC))
                .build());
        TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(breakers).bindTo(meters);
    }

    /** The day's time may be set back, and a replica would be left alone for as long. */
    private static InstantSource steadyTime() {
        Instant start = Clock.systemUTC().instant();
        long startNanos = System.nanoTime();
        return () -> start.plusNanos(System.nanoTime() - startNanos);
    }

    /** @param number the replica's */
    CircuitBreaker create(ServiceName service, int number) {
        return breakers.circuitBreaker(service.key() + "-" + number);
    }

    /** Its replica is gone. */
    void remove(CircuitBreaker breaker) {
        breakers.remove(breaker.getName());
    }
}
