package dev.triptych.text.decoding;

/**
 * Turns one row of logits into its next token. Changes nothing but the row it is given. There is one selector per
 * {@link dev.triptych.text.generation.Strategy}, which is the closed set.
 */
@FunctionalInterface
public interface TokenSelector {

    Selection select(SearchContext context);
}
