package dev.triptych.text.config;

import java.util.ArrayList;
import java.util.List;

/** A model's graphs with the memory set aside for it beside them, given back together, the model first. */
final class HeldModel implements AutoCloseable {

    private final List<AutoCloseable> parts = new ArrayList<>();

    HeldModel(AutoCloseable model) {
        parts.add(model);
    }

    void add(AutoCloseable part) {
        parts.add(part);
    }

    @Override
    public void close() {
        RuntimeException failure = new IllegalStateException("a part of a model could not be closed");
        for (AutoCloseable part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }
}
