package dev.triptych.vision.model;

import org.jspecify.annotations.Nullable;

/** A model failed a check; the message says by what and, where it is a number, by how much. */
final class ModelCheckException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ModelCheck check;

    ModelCheckException(ModelCheck check, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.check = check;
    }

    ModelCheckException(ModelCheck check, String message) {
        this(check, message, null);
    }

    ModelCheck check() {
        return check;
    }
}
