package dev.triptych.text.translation.guard;

/** What can be wrong with a translation. */
public enum Fault {
    /** Words go in circles. */
    REPETITION("repetition"),
    /** It is the source. */
    COPIED("copied"),
    /** A large part of the source has no translation. */
    UNTRANSLATED("untranslated"),
    /** It reached its bound on generated tokens. */
    TRUNCATED("truncated");

    private final String warning;

    Fault(String warning) {
        this.warning = warning;
    }

    /** How replies name it. */
    public String warning() {
        return warning;
    }
}
