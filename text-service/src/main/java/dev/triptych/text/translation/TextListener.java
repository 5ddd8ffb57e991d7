package dev.triptych.text.translation;

/** Hears a translation grow. Called by one worker at a time, in order within each text; must not block. */
@FunctionalInterface
public interface TextListener {

    /** For callers that only want the end. */
    TextListener NONE = (index, delta) -> true;

    /**
     * Takes text that can no longer change.
     *
     * @param index which of the request's texts
     * @param delta what follows the text heard so far; never empty
     * @return false when the client is gone or too slow to keep up; the translation is then canceled
     */
    boolean onText(int index, String delta);
}
