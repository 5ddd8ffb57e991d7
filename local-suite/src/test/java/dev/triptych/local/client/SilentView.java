package dev.triptych.local.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Shows nothing and remembers what it was told. */
final class SilentView implements ProgressView {

    private final List<String> notes = new CopyOnWriteArrayList<>();
    private volatile long done;

    @Override
    public void update(long newDone) {
        done = newDone;
    }

    @Override
    public void note(String text) {
        notes.add(text);
    }

    long done() {
        return done;
    }

    List<String> notes() {
        return notes;
    }

    @Override
    public void close() {}
}
