package dev.triptych.local.client;

/** The job cannot be done or go on; the message is for the person at the terminal. */
public final class ClientException extends Exception {

    private static final long serialVersionUID = 1L;

    public ClientException(String message) {
        super(message);
    }

    public ClientException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
