package dev.triptych.text.template;

/** A template cannot be parsed or rendered, or refuses its values by {@code raise_exception}. */
public final class TemplateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean raised;

    TemplateException(String message) {
        this(message, false);
    }

    private TemplateException(String message, boolean raised) {
        super(message);
        this.raised = raised;
    }

    static TemplateException raised(String message) {
        return new TemplateException(message, true);
    }

    /** Whether the template itself refused what it was given. */
    public boolean raised() {
        return raised;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
