package dev.triptych.tensor;

/** Thrown where a tensor's shape or element type is not what an operation needs: always a caller's bug. */
public final class ShapeMismatchException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public ShapeMismatchException(String message) {
        super(message);
    }
}
