package dev.triptych.text.runtime;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets versions of models that nobody new can ask finish what they have, and frees them. Whoever asked for one before may
 * come back to it, as a text of many sentences does; so it is closed only after nothing was in flight for a while. Each
 * has a thread that waits for it. Safe from any thread.
 */
final class Retirement {

    private static final Logger log = LoggerFactory.getLogger(Retirement.class);
    private static final Duration FOR_EVER = Duration.ofDays(10_000);

    private final Duration grace;
    private final Set<LiveModel> waiting = ConcurrentHashMap.newKeySet();
    private final CountDownLatch hurry = new CountDownLatch(1);

    /** @param grace how long nothing must be in flight before a version is closed */
    Retirement(Duration grace) {
        this.grace = grace;
    }

    /** Retires a version; the future completes once it is freed. */
    CompletableFuture<Void> retire(String id, LiveModel old) {
        CompletableFuture<Void> freed = new CompletableFuture<>();
        waiting.add(old);
        Thread.ofVirtual().name("retire-" + id).start(() -> {
            try {
                awaitQuiet(old);
                old.drain();
                old.end(FOR_EVER);
                log.info("version {} of model {} is freed", old.version(), id);
            } finally {
                waiting.remove(old);
                freed.complete(null);
            }
        });
        return freed;
    }

    private void awaitQuiet(LiveModel old) {
        try {
            Duration left = grace.minus(old.idle());
            while (left.isPositive() && !hurry.await(Math.max(1, left.toMillis()), TimeUnit.MILLISECONDS)) {
                left = grace.minus(old.idle());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends all within that time; what is left of them is aborted. */
    void endAll(Duration patience) {
        hurry.countDown();
        waiting.forEach(LiveModel::drain);
        waiting.forEach(old -> old.end(patience));
    }

    /** Aborts all. */
    void abortAll() {
        hurry.countDown();
        waiting.forEach(LiveModel::abort);
    }
}
