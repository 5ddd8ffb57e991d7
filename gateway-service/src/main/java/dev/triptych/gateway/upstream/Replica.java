package dev.triptych.gateway.upstream;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** One process of a service as this gateway sees it: how much it has to do, and whether it is left alone. */
public final class Replica {

    /** What its probe said last. */
    enum Probe {
        UNASKED,
        READY,
        NOT_READY
    }

    private static final Duration FIRST_EJECTION = Duration.ofSeconds(1);
    private static final int MOST_DOUBLINGS = 5;

    /** A busy process may miss a probe. */
    private static final int PATIENCE = 3;

    private final ReplicaAddress address;
    private final int number;
    private final AtomicInteger outstanding = new AtomicInteger();
    private final AtomicReference<Ejection> ejection = new AtomicReference<>(Ejection.NONE);
    private volatile Probe probe = Probe.UNASKED;
    private volatile String reason = "not asked yet";
    private final AtomicInteger missed = new AtomicInteger();

    /** @param number its name in metrics, which must not have addresses */
    Replica(ReplicaAddress address, int number) {
        this.address = address;
        this.number = number;
    }

    /** @param inARow without a success between them */
    private record Ejection(int inARow, long untilNanos) {

        static final Ejection NONE = new Ejection(0, 0);

        boolean isOver(long now) {
            return inARow == 0 || now - untilNanos >= 0;
        }

        Ejection next(long now) {
            return new Ejection(inARow + 1, now + (FIRST_EJECTION.toNanos() << Math.min(inARow, MOST_DOUBLINGS)));
        }
    }

    ReplicaAddress address() {
        return address;
    }

    public URI url() {
        return address.url();
    }

    int number() {
        return number;
    }

    /** A request goes to it; {@link #end} follows once its answer has ended. */
    public void begin() {
        outstanding.incrementAndGet();
    }

    public void end() {
        outstanding.decrementAndGet();
    }

    int outstanding() {
        return outstanding.get();
    }

    boolean isReady() {
        return probe == Probe.READY;
    }

    /** Why it is not ready. */
    String reason() {
        return reason;
    }

    /** Whether requests go elsewhere where there is elsewhere. */
    boolean isLeftAlone(long now) {
        return probe == Probe.NOT_READY || !ejection.get().isOver(now);
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

    /**
     * A connection to it failed. However many requests fail at once, they count as one failure.
     *
     * @return whether it is left alone from now on
     */
    boolean failed(long now, String why) {
        saidNotReady(why);
        Ejection before = ejection.get();
        return before.isOver(now) && ejection.compareAndSet(before, before.next(now));
    }

    void succeeded() {
        if (ejection.get() != Ejection.NONE) {
            ejection.set(Ejection.NONE);
        }
    }

    @Override
    public String toString() {
        return address.url().toString();
    }
}
