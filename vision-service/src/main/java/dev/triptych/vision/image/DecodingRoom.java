package dev.triptych.vision.image;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The memory that pictures may take while they are decoded, of all threads together. A picture takes its share by its
 * header before anything is decoded, and waits while others have it. Thread-safe.
 */
public final class DecodingRoom {

    private static final int UNIT = 1024;
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Semaphore free;
    private final int units;
    private final Duration patience;

    /**
     * @param bytes in all
     * @param patience how long a picture waits for its share
     */
    public DecodingRoom(long bytes, Duration patience) {
        this.units = (int) Math.clamp(bytes / UNIT, 1, Integer.MAX_VALUE);
        this.free = new Semaphore(units, true);
        this.patience = patience;
    }

    /** What a picture has taken; gives it back when closed. */
    final class Share implements AutoCloseable {

        private int taken;

        /**
         * Takes memory for a picture, once.
         *
         * @param least bytes without which it cannot be decoded
         * @param most bytes that it takes with all that is made of it; a picture that would take more than there is runs
         *     alone
         * @throws TriptychException.Rejected if {@code least} is more than there is in all
         * @throws TriptychException.Overloaded if others keep the memory for too long
         */
        void take(long least, long most) {
            if (least / UNIT > units) {
                throw new TriptychException.Rejected(
                        ErrorCode.TOO_LARGE,
                        "image",
                        "decoding the picture takes " + least / (UNIT * UNIT) + " MiB, this service has " + units / UNIT
                                + " MiB for that");
            }
            int wanted = (int) Math.min(most / UNIT, units);
            try {
                if (!free.tryAcquire(wanted, patience.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw overloaded();
                }
                taken = wanted;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw overloaded();
            }
        }

        @Override
        public void close() {
            free.release(taken);
            taken = 0;
        }
    }

    Share share() {
        return new Share();
    }

    private static TriptychException.Overloaded overloaded() {
        return new TriptychException.Overloaded(
                ErrorCode.OVERLOADED, RETRY, "too many large pictures are being decoded");
    }
}
