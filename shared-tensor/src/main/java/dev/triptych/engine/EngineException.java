package dev.triptych.engine;

/** The native runtime refused or failed. What it reports is the runtime's own message, with the graph's name. */
public final class EngineException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public EngineException(String message) {
        super(message);
    }

    public EngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
