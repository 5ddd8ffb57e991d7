package dev.triptych.text.decoding.logits;

import dev.triptych.text.decoding.SearchContext;
import java.util.Arrays;

/**
 * Makes one token the only possible one at one end of the output. Hugging Face: {@code ForcedBOSTokenLogitsProcessor},
 * which acts while a single token is the whole input, and {@code ForcedEOSTokenLogitsProcessor}, which acts on
 * the last token that the length bound allows.
 *
 * @param tokenId the only token left
 * @param where at which end
 */
record ForcedToken(int tokenId, End where) implements LogitsProcessor {

    enum End {
        FIRST,
        LAST
    }

    @Override
    public boolean changes(SearchContext context) {
        return switch (where) {
            case FIRST -> context.sequence().length() == 1;
            case LAST -> context.lastAllowed();
        };
    }

    @Override
    public void apply(SearchContext context) {
        if (changes(context)) {
            float[] values = context.row().values();
            Arrays.fill(values, Float.NEGATIVE_INFINITY);
            values[tokenId] = 0;
        }
    }
}
