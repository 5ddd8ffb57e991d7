package dev.triptych.text.runtime;

import org.jspecify.annotations.Nullable;

/**
 * A request on its way to an engine, its text not yet tokenized. It waits like any other until it is closed, which is
 * when its sentences are submitted or it has failed: whoever comes meanwhile finds the queue as long as it will be.
 */
public final class Arrival implements AutoCloseable {

    private static final Arrival UNCOUNTED = new Arrival(new Submission.Accepted(), () -> {});

    private final Submission submission;
    private @Nullable Runnable leave;

    private Arrival(Submission submission, Runnable leave) {
        this.submission = submission;
        this.leave = leave;
    }

    /** One that nobody counts. */
    public static Arrival uncounted() {
        return UNCOUNTED;
    }

    /** One that had better not begin. */
    public static Arrival refused(Submission submission) {
        return new Arrival(submission, () -> {});
    }

    /** One that waits until {@code leave} has run. */
    public static Arrival counted(Runnable leave) {
        return new Arrival(new Submission.Accepted(), leave);
    }

    /** What would become of the request if it were submitted now. */
    public Submission submission() {
        return submission;
    }

    /** Idempotent; from any thread. */
    @Override
    public void close() {
        Runnable once;
        synchronized (this) {
            once = leave;
            leave = null;
        }
        if (once != null) {
            once.run();
        }
    }
}
