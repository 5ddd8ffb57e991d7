package dev.triptych.local.supervisor;

/** The suite cannot be started or stopped; the message is for the person at the terminal. */
public final class SuiteException extends Exception {

    private static final long serialVersionUID = 1L;

    public SuiteException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
