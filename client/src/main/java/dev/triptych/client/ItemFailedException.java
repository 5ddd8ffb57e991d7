package dev.triptych.client;

import dev.triptych.wire.ItemError;

/** The item's terminal record is an error. */
public final class ItemFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient ItemError error;

    ItemFailedException(String id, ItemError error) {
        super("item " + id + " failed: " + error.code() + ": " + error.message());
        this.error = error;
    }

    /** What the worker said. */
    public ItemError error() {
        return error;
    }
}
