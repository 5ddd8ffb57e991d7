package dev.triptych.local.search;

/** A search cannot be done; the message is for the person at the terminal. */
public final class SearchException extends Exception {

    private static final long serialVersionUID = 1L;

    public SearchException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
