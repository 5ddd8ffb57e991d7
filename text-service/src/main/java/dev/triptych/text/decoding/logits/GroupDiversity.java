package dev.triptych.text.decoding.logits;

import dev.triptych.text.decoding.SearchContext;

/**
 * Takes {@code penalty} from a token's score for every beam of an earlier group that chose it in the same step. Neutral:
 * 0, which has no processor. Source: Vijayakumar et al. 2018, arXiv:1610.02424, with the Hamming distance.
 *
 * @param penalty above 0
 */
record GroupDiversity(float penalty) implements LogitsProcessor {

    @Override
    public boolean changes(SearchContext context) {
        return context.earlierChoices().length > 0;
    }

    @Override
    public void apply(SearchContext context) {
        for (int token : context.earlierChoices()) {
            context.row().values()[token] -= penalty;
        }
    }
}
