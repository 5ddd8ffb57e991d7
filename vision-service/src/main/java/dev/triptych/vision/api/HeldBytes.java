package dev.triptych.vision.api;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of all bodies that this service holds, from the first of a request's to the end of its answer. Many pictures
 * within the limit of each would together be more than the heap. Thread-safe.
 */
public final class HeldBytes {

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final long most;
    private final AtomicLong held = new AtomicLong();

    /** @param most bytes at a time; one body alone may have them all */
    public HeldBytes(long most) {
        this.most = most;
    }

    /** What one request holds; gives it back when closed. Used by one thread at a time. */
    final class Share implements AutoCloseable {

        private long taken;

        /** Whether there was room for so many more. */
        boolean take(int count) {
            if (held.addAndGet(count) > most) {
                held.addAndGet(-count);
                return false;
            }
            taken += count;
            return true;
        }

        @Override
        public void close() {
            held.addAndGet(-taken);
            taken = 0;
        }
    }

    Share share() {
        return new Share();
    }

    static TriptychException.Overloaded overloaded() {
        return new TriptychException.Overloaded(
                ErrorCode.OVERLOADED, RETRY, "too many bytes of other requests are held; try again in a second");
    }
}
