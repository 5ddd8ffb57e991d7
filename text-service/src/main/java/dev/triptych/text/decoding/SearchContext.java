package dev.triptych.text.decoding;

/**
 * Everything that a strategy looks at to choose one row's next token.
 *
 * @param row the raw scores; the strategy may change them
 * @param sequence what was generated so far; not to be changed
 * @param maxNewTokens bound on generated tokens
 */
public record SearchContext(LogitsRow row, Sequence sequence, int maxNewTokens) {

    /** Whether the next token is the last one that the bound allows. */
    public boolean lastAllowed() {
        return sequence.generatedCount() + 1 >= maxNewTokens;
    }
}
