package dev.triptych.text.generation;

/** A parameter is out of its bounds. The message names parameter, bound and value. */
public final class ParameterException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String parameter;

    public ParameterException(String parameter, String message) {
        super(message);
        this.parameter = parameter;
    }

    /** The parameter's public name, such as {@code num_beams}. */
    public String parameter() {
        return parameter;
    }
}
