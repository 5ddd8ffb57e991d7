package dev.triptych.gateway.upstream;

import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One request at one replica, from when it is sent there until its answer has ended. What became of it is said once, by
 * {@link #answered}, {@link #declined} or {@link #failed}, or not at all where it says nothing about the replica; the
 * end is always said. Safe from any thread.
 */
public final class Attempt {

    private enum Stage {
        SENDING,
        WAITING,
        ANSWERED
    }

    private final Replica replica;

    /** Whether the replica's breaker waits for what becomes of this one. */
    private final boolean trial;

    private final long startNanos;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.SENDING);
    private final AtomicBoolean judged = new AtomicBoolean();
    private final AtomicBoolean ended = new AtomicBoolean();

    /** Counts at once. */
    Attempt(Replica replica, boolean trial, long startNanos) {
        this.replica = replica;
        this.trial = trial;
        this.startNanos = startNanos;
        replica.begin();
    }

    public Replica replica() {
        return replica;
    }

    public URI url() {
        return replica.url();
    }

    /** The replica has the request whole. May be said late or twice. */
    public void sent() {
        if (stage.compareAndSet(Stage.SENDING, Stage.WAITING)) {
            replica.hasWhole();
        }
    }

    private void noLongerWaits() {
        if (stage.getAndSet(Stage.ANSWERED) == Stage.WAITING) {
            replica.beginsToAnswer();
        }
    }

    /** It began to answer. */
    public void answered() {
        noLongerWaits();
        if (judged.compareAndSet(false, true)) {
            replica.succeeded(startNanos);
        }
    }

    /** It answered that it cannot serve; it is left alone until its probe says otherwise. */
    public void declined() {
        noLongerWaits();
        replica.saidNotReady("HTTP 503");
    }

    /** Its connection failed. */
    public void failed(Throwable error) {
        noLongerWaits();
        if (judged.compareAndSet(false, true)) {
            replica.failed(startNanos, error);
        }
    }

    /** The answer has ended, whole or not, or will not come. May be said twice. */
    public void end() {
        noLongerWaits();
        if (ended.compareAndSet(false, true)) {
            replica.end();
            if (trial && judged.compareAndSet(false, true)) {
                replica.tryAnother();
            }
        }
    }
}
