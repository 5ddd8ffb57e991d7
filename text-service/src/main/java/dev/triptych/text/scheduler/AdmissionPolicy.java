package dev.triptych.text.scheduler;

import java.time.Duration;

/**
 * Who may queue: the queue is bounded in requests and in prompt tokens, so that an overload is answered at once instead
 * of filling memory. Pure.
 *
 * @param maxRequests most requests waiting
 * @param maxTokens most prompt tokens waiting; a longer prompt may wait alone
 * @param longestWait how long a request that somebody waits for may be expected to wait before it starts, once more than
 *     {@value #BURST} wait; 0: any time
 */
public record AdmissionPolicy(int maxRequests, long maxTokens, Duration longestWait) {

    /** So many may always wait, whatever the model's pace: clients that come all at once are no overload. */
    static final int BURST = 64;

    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    public AdmissionPolicy {
        if (maxRequests < 1 || maxTokens < 1) {
            throw new IllegalArgumentException(
                    "a queue needs room for one request of one token, got " + maxRequests + ", " + maxTokens);
        }
    }

    /** Whoever comes may wait as long as it takes. */
    public AdmissionPolicy(int maxRequests, long maxTokens) {
        this(maxRequests, maxTokens, Duration.ZERO);
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
     * @param interactive whether somebody waits for it
     */
    public Decision decide(Queue queue, int tokens, double secondsLeft, boolean interactive) {
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
        double longest = longestWait.toMillis() / 1e3;
        if (interactive && longest > 0 && queue.requests() >= BURST && queue.startSeconds() > longest) {
            return new Decision.Refuse(
                    bounded(queue.startSeconds() - longest),
                    "the model is busy: " + queue.requests() + " requests wait, and one more is expected to start in "
                            + Math.round(1e3 * queue.startSeconds()) + " ms, later than in " + longestWait.toMillis()
                            + " ms");
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
