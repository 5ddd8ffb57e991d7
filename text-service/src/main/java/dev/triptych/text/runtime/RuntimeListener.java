package dev.triptych.text.runtime;

import dev.triptych.text.generation.FinishReason;

/**
 * Hears what an engine loop does, for metrics. Called on the engine's thread unless said otherwise; must be quick and
 * must not throw.
 */
public interface RuntimeListener {

    /** A listener that does nothing. */
    RuntimeListener NONE = new RuntimeListener() {};

    /** What traces call generating, by OpenTelemetry's conventions for generative models. */
    String GENERATE = "text_completion";

    /** What they call embedding. */
    String EMBED = "embeddings";

    /**
     * A request is on its way to the queue. Called on the submitter's thread.
     *
     * @param operation {@link #GENERATE} or {@link #EMBED}
     */
    default RequestTrace traced(String operation, int promptTokens) {
        return RequestTrace.NONE;
    }

    /** Counts after a change: requests waiting and rows running. Called from any thread. */
    default void loadChanged(int waiting, int running) {}

    /** A request left the queue and its prompt was encoded. */
    default void admitted(long queueNanos, int promptTokens) {}

    /** A request's first token was generated, so long after submission. */
    default void firstToken(long sinceSubmissionNanos) {}

    /** A further token was generated, so long after the one before. */
    default void nextToken(long sinceLastNanos) {}

    /** A step of that many rows was committed. */
    default void stepped(int rows) {}

    /** Prompts were encoded; the ratio of padding to all positions, from 0 to 1. */
    default void encoded(double paddingRatio) {}

    /** A request ended. */
    default void finished(FinishReason reason, long totalNanos, int generatedTokens) {}

    /** A request of a non-autoregressive decoder ended by itself after so many passes. */
    default void refined(int passes) {}

    /** A request with a draft ended; tokens of drafts that were verified, and those that were confirmed. */
    default void drafted(int offered, int accepted) {}

    /** A cancelled request was let go; decoder steps that still ran for it after its cancel was received. */
    default void released(int stepsAfterCancel) {}

    /** A request left the choice of its strategy to the model, which chose this one. Called from any thread. */
    default void chosen(String strategy) {}

    /** A step failed. */
    default void failed() {}
}
