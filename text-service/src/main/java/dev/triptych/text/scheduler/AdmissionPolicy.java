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
     * Decides on one more request.
     *
     * @param waitingRequests requests in the queue
     * @param waitingTokens their prompt tokens
     * @param tokens the new request's prompt tokens
     * @param tokensPerSecond prompt tokens that leave the queue per second, as measured; 0 where unknown
     */
    public Decision decide(int waitingRequests, long waitingTokens, int tokens, double tokensPerSecond) {
        if (waitingRequests >= maxRequests) {
            return new Decision.Refuse(
                    expectedWait(waitingTokens, tokensPerSecond),
                    "the model's queue is full: " + waitingRequests + " of " + maxRequests + " requests wait");
        }
        if (waitingRequests > 0 && waitingTokens + tokens > maxTokens) {
            return new Decision.Refuse(
                    expectedWait(waitingTokens, tokensPerSecond),
                    "the model's queue is full: " + waitingTokens + " of " + maxTokens + " prompt tokens wait, "
                            + tokens + " more do not fit");
        }
        return new Decision.Admit();
    }

    /** The time after which the present queue has drained, between 1 and 60 seconds. */
    private static Duration expectedWait(long waitingTokens, double tokensPerSecond) {
        if (!(tokensPerSecond > 0)) {
            return SHORTEST_WAIT;
        }
        double seconds = Math.min(LONGEST_WAIT.toSeconds(), Math.ceil(waitingTokens / tokensPerSecond));
        Duration wait = Duration.ofSeconds((long) seconds);
        return wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait;
    }

    /** What becomes of a request. */
    public sealed interface Decision {

        record Admit() implements Decision {}

        /**
         * There is no room.
         *
         * @param retryAfter when there is expected to be
         * @param message the bound and how far it is used
         */
        record Refuse(Duration retryAfter, String message) implements Decision {}
    }
}
