package dev.triptych.text.decoding;

/**
 * Everything that a strategy looks at to choose one row's next token.
 *
 * @param row the scores; the strategy may change them
 * @param sequence what was generated so far; not to be changed
 * @param maxNewTokens bound on generated tokens
 * @param earlierChoices what beams of earlier groups chose in this step, one element for each beam
 */
public record SearchContext(LogitsRow row, Sequence sequence, int maxNewTokens, int[] earlierChoices) {

    private static final int[] NO_CHOICES = {};

    /** Without groups of beams. */
    public SearchContext(LogitsRow row, Sequence sequence, int maxNewTokens) {
        this(row, sequence, maxNewTokens, NO_CHOICES);
    }

    /** Whether the next token is the last one that the bound allows. */
    public boolean lastAllowed() {
        return sequence.generatedCount() + 1 >= maxNewTokens;
    }
}
