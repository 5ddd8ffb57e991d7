package dev.triptych.text.runtime;

import java.time.Duration;

/** The thread behind a model, as whoever starts and stops models sees it. */
public interface ModelEngine extends AutoCloseable {

    /** Refuses new requests and ends once those in flight are done; from any thread. */
    void drain();

    /** How long nothing has been in flight; zero while something is. From any thread. */
    Duration idle();

    /**
     * Waits for a drain to end, and aborts what is left after {@code patience}.
     *
     * @return whether everything in flight was finished
     */
    boolean awaitEnd(Duration patience);

    /** Aborts and waits for the thread to end; from any thread but its own. */
    @Override
    void close();
}
