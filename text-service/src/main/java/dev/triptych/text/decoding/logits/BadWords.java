package dev.triptych.text.decoding.logits;

import dev.triptych.text.decoding.SearchContext;
import dev.triptych.text.decoding.Sequence;
import java.util.List;

/**
 * Forbids sequences of tokens: the last token of each becomes impossible where the tokens before it were just
 * generated; a sequence of one token is always impossible. Neutral: no sequences. Hugging Face:
 * {@code NoBadWordsLogitsProcessor}, which looks at the decoder's input, start token included.
 *
 * @param words the forbidden sequences, none empty
 */
record BadWords(List<List<Integer>> words) implements LogitsProcessor {

    @Override
    public boolean changes(SearchContext context) {
        return words.stream().anyMatch(word -> endsWithPrefix(context.sequence(), word));
    }

    @Override
    public void apply(SearchContext context) {
        for (List<Integer> word : words) {
            if (endsWithPrefix(context.sequence(), word)) {
                context.row().values()[word.getLast()] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    private static boolean endsWithPrefix(Sequence sequence, List<Integer> word) {
        int prefix = word.size() - 1;
        if (prefix > sequence.length()) {
            return false;
        }
        for (int i = 0; i < prefix; i++) {
            if (sequence.id(sequence.length() - prefix + i) != word.get(i)) {
                return false;
            }
        }
        return true;
    }
}
