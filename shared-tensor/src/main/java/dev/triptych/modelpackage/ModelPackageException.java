package dev.triptych.modelpackage;

/** A model folder cannot be used; the message names the file, the rule and what was found. */
public final class ModelPackageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ModelPackageException(String message) {
        super(message);
    }

    public ModelPackageException(String message, Throwable cause) {
        super(message, cause);
    }
}
