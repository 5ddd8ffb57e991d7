package dev.triptych.text.runtime;

import java.time.Duration;

/** What became of a submission, known at once. */
public sealed interface Submission {

    /** Queued; the sink will hear exactly one terminal event. */
    record Accepted() implements Submission {}

    /**
     * The queue is full, in requests or in tokens; the sink hears nothing.
     *
     * @param retryAfter the wait expected from the measured rate
     */
    record Overloaded(Duration retryAfter, String message) implements Submission {}

    /** The model is draining or its engine has failed; the sink hears nothing. */
    record Unavailable(Duration retryAfter, String message) implements Submission {}
}
