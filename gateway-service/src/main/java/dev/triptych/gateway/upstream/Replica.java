package dev.triptych.gateway.upstream;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** One process of a service as this gateway sees it: how much it has to do, and whether it is left alone. */
public final class Replica {

    /** What its probe said last. */
    enum Probe {
        UNASKED,
        READY,
        NOT_READY
    }

    /** A busy process may miss a probe. */
    private static final int PATIENCE = 3;

    private final ReplicaAddress address;
    private final int number;
    private final AtomicInteger outstanding = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final CircuitBreaker breaker;
    private volatile Probe probe = Probe.UNASKED;
    private volatile String reason = "not asked yet";
    private final AtomicInteger missed = new AtomicInteger();

    /** @param number its name in metrics, which must not have addresses */
    Replica(ReplicaAddress address, int number, CircuitBreaker breaker) {
        this.address = address;
        this.number = number;
        this.breaker = breaker;
    }

    ReplicaAddress address() {
        return address;
    }

    URI url() {
        return address.url();
    }

    int number() {
        return number;
    }

    CircuitBreaker breaker() {
        return breaker;
    }

    /** A request goes to it; {@link #end} follows once its answer has ended. */
    void begin() {
        outstanding.incrementAndGet();
    }

    void end() {
        outstanding.decrementAndGet();
    }

    int outstanding() {
        return outstanding.get();
    }

    /** It has a request whole; {@link #beginsToAnswer} follows, or what stands for it. */
    void hasWhole() {
        waiting.incrementAndGet();
    }

    void beginsToAnswer() {
        waiting.decrementAndGet();
    }

    /** Of those outstanding the ones that it has whole and has not begun to answer. */
    int waiting() {
        return waiting.get();
    }

    boolean isReady() {
        return probe == Probe.READY;
    }

    /** Why it is not ready. */
    String reason() {
        return reason;
    }

    /** Whether its probe, or an answer since, said that requests should go elsewhere where there is elsewhere. */
    boolean saysNotReady() {
        return probe == Probe.NOT_READY;
    }

    /** Whether requests go elsewhere where there is elsewhere. Changes nothing. */
    boolean isLeftAlone() {
        if (saysNotReady() || !breaker.tryAcquirePermission()) {
            return true;
        }
        if (isOnTrial()) {
            breaker.releasePermission();
        }
        return false;
    }

    /** A request that its breaker lets through; empty where that leaves it alone. */
    Optional<Attempt> tryAttempt() {
        return breaker.tryAcquirePermission()
                ? Optional.of(new Attempt(this, isOnTrial(), breaker.getCurrentTimestamp()))
                : Optional.empty();
    }

    /** A request that goes to it although it is left alone. */
    Attempt attemptAnyway() {
        return new Attempt(this, false, breaker.getCurrentTimestamp());
    }

    private boolean isOnTrial() {
        return breaker.getState() == State.HALF_OPEN;
    }

    void saidReady() {
        missed.set(0);
        probe = Probe.READY;
    }

    void saidNotReady(String why) {
        reason = why;
        probe = Probe.NOT_READY;
    }

    /** One that was ready may stay silent for a moment. */
    void saidNothing(String why) {
        if (probe != Probe.READY || missed.incrementAndGet() >= PATIENCE) {
            saidNotReady(why);
        }
    }

    /** A connection to it failed. However many requests fail at once, they count as one failure. */
    void failed(long startNanos, Throwable error) {
        saidNotReady(error.toString());
        if (breaker.getState() != State.OPEN) {
            breaker.onError(since(startNanos), breaker.getTimestampUnit(), error);
        }
    }

    /** Costs next to nothing where the breaker is closed: it has nothing to learn from one success more. */
    void succeeded(long startNanos) {
        switch (breaker.getState()) {
            case HALF_OPEN -> breaker.onSuccess(since(startNanos), breaker.getTimestampUnit());
            // It was asked because there was no other, and is back before its time.
            case OPEN -> breaker.transitionToClosedState();
            default -> {}
        }
    }

    /** The request that tried it has ended without a word about it. */
    void tryAnother() {
        breaker.releasePermission();
    }

    private long since(long startNanos) {
        return breaker.getCurrentTimestamp() - startNanos;
    }

    @Override
    public String toString() {
        return address.url().toString();
    }
}
