package dev.triptych.text.decoding.logits;

import dev.triptych.text.decoding.SearchContext;

/** A rule over one row's scores: logits, or log-probs in beam search. */
sealed interface LogitsProcessor
        permits AllowedTokens,
                BadWords,
                ForcedToken,
                GroupDiversity,
                LogitBias,
                MinLength,
                NoRepeatNgrams,
                OccurrencePenalty,
                RepetitionPenalty,
                SuppressedTokens {

    /** Whether {@link #apply} would change anything now; spares the copy of a row that no rule touches. */
    boolean changes(SearchContext context);

    /** Changes the scores in place. */
    void apply(SearchContext context);
}
