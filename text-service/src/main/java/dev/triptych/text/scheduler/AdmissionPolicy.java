package dev.triptych.text.scheduler;

import java.time.Duration;

/**
 * Who may queue: the queue is bounded in requests and in prompt tokens, so that an overload is answered at once instead
 * of filling memory. Pure.
 *
 * @param maxRequests most requests waiting
 * @param maxTokens most prompt tokens waiting; a longer prompt may wait alone
 */
public record AdmissionPolicy(int maxRequests, long maxTokens) {

    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    public AdmissionPolicy {
        if (maxRequests < 1 || maxTokens < 1) {
            throw new IllegalArgumentException(
                    "a queue needs room for one request of one token, got " + maxRequests + ", " + maxTokens);
        }
    }

    /**
     * What waits.
     *
     * @param requests in the queue
     * @param tokens their prompt tokens
     * @param drainSeconds until all of them have started, decoding included, as measured; 0 where unknown
     * @param startSeconds until one more of the same priority could start; 0 where unknown
     */
    public record Queue(int requests, long tokens, double drainSeconds, double startSeconds) {}

    /**
     * Decides on one more request.
     *
     * @param tokens its prompt tokens
     * @param secondsLeft until its deadline
     */
    public Decision decide(Queue queue, int tokens, double secondsLeft) {
        if (queue.requests() >= maxRequests) {
            return new Decision.Refuse(
                    bounded(queue.drainSeconds()),
                    "the model's queue is full: " + queue.requests() + " of " + maxRequests + " requests wait");
        }
        if (queue.requests() > 0 && queue.tokens() + tokens > maxTokens) {
            return new Decision.Refuse(
                    bounded(queue.drainSeconds()),
                    "the model's queue is full: " + queue.tokens() + " of " + maxTokens + " prompt tokens wait, "
                            + tokens + " more do not fit");
        }
        if (queue.startSeconds() > secondsLeft) {
            return new Decision.Refuse(
                    bounded(queue.startSeconds() - secondsLeft),
                    "the deadline is in " + Math.round(1e3 * Math.max(0, secondsLeft))
                            + " ms, but before that the model is busy: "
                            + queue.requests() + " requests wait, and one more is expected to start in "
                            + Math.round(1e3 * queue.startSeconds()) + " ms");
        }
        return new Decision.Admit();
    }

    /** Whole seconds, between 1 and 60. */
    private static Duration bounded(double seconds) {
        Duration wait = Duration.ofSeconds((long) Math.min(LONGEST_WAIT.toSeconds(), Math.ceil(seconds)));
        return wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait;
    }

    /** What becomes of a request. */
    public sealed interface Decision {

        record Admit() implements Decision {}

        /**
         * There is no room, or not in time.
         *
         * @param retryAfter when there is expected to be
         * @param message the bound and how far it is used
         */
        record Refuse(Duration retryAfter, String message) implements Decision {}
    }
}
