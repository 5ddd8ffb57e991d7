package dev.triptych.text.runtime;

/** A model would take more memory than there is for models; the message has the figures. */
public final class MemoryExceededException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public MemoryExceededException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
