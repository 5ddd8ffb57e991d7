package dev.triptych.local.client;

/** Shows how a job goes. Owned by the client's thread. */
public interface ProgressView extends AutoCloseable {

    /** @param done lines with an outcome */
    void update(long done);

    /** A line of text that must not be lost in the display. */
    void note(String text);

    @Override
    void close();
}
