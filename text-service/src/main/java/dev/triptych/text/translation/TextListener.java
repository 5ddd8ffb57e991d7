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

    /**
     * Takes a sentence as it is after a refinement pass; the next one replaces it.
     *
     * @param index which of the request's texts
     * @param refinement the sentence
     * @return as {@link #onText}
     */
    default boolean onRefinement(int index, Refinement refinement) {
        return true;
    }

    /**
     * A sentence that may still change.
     *
     * @param sentence which of the request's sentences, from 0 in the order of their start
     * @param iteration the pass that it comes from, from 1
     * @param text the whole sentence
     */
    record Refinement(int sentence, int iteration, String text) {}
}
