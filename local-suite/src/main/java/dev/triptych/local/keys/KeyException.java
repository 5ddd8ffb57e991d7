package dev.triptych.local.keys;

/** The gateway did not do it; the message says why, written for the user. */
public final class KeyException extends Exception {

    private static final long serialVersionUID = 1L;

    KeyException(String message) {
        super(message);
    }

    KeyException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
