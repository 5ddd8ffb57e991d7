package dev.triptych.text.decoding.logits;

import dev.triptych.text.decoding.LogitsRow;
import dev.triptych.text.decoding.SearchContext;
import dev.triptych.text.decoding.Sequence;
import dev.triptych.text.generation.TokenAutomaton;

/**
 * Makes every token impossible with which no output of a language goes on. It comes last: where the rules before it
 * forbid all that the language allows, the model's own scores decide among these (cf. Willard and Louf 2023,
 * arXiv:2307.09702).
 *
 * @param automaton the language; walked from the start each time, a few table look-ups for each token
 */
record AllowedTokens(TokenAutomaton automaton) implements LogitsProcessor {

    /** What even the least likely token gets, so that it is still told from those that are not allowed. */
    private static final float LEAST = -1e30f;

    @Override
    public boolean changes(SearchContext context) {
        return true;
    }

    @Override
    public void apply(SearchContext context) {
        int state = state(context.sequence());
        // Beams may carry on what has ended, with a score that nothing comes back from.
        long[] allowed = state == TokenAutomaton.DEAD ? new long[0] : automaton.allowed(state);
        LogitsRow row = context.row();
        float[] values = row.values();
        boolean left = false;
        for (int token = 0; token < row.vocabSize(); token++) {
            if (!contains(allowed, token)) {
                values[token] = Float.NEGATIVE_INFINITY;
            } else {
                left |= values[token] > Float.NEGATIVE_INFINITY;
            }
        }
        if (!left) {
            restore(row, allowed);
        }
    }

    private int state(Sequence sequence) {
        int state = automaton.start();
        for (int i = sequence.givenCount(); i < sequence.length() && state != TokenAutomaton.DEAD; i++) {
            state = automaton.next(state, sequence.id(i));
        }
        return state;
    }

    private static boolean contains(long[] allowed, int token) {
        return token >> 6 < allowed.length && (allowed[token >> 6] >> token & 1) != 0;
    }

    /** Gives the allowed tokens their log-probs under the model, which beams can add and others can compare. */
    private static void restore(LogitsRow row, long[] allowed) {
        float max = Float.NEGATIVE_INFINITY;
        for (int token = 0; token < row.vocabSize(); token++) {
            max = Math.max(max, row.raw(token));
        }
        double sum = 0;
        for (int token = 0; token < row.vocabSize(); token++) {
            sum += Math.exp(row.raw(token) - max);
        }
        float logSum = (float) (max + Math.log(sum));
        for (int token = 0; token < row.vocabSize(); token++) {
            if (contains(allowed, token)) {
                row.values()[token] = Math.max(row.raw(token) - logSum, LEAST);
            }
        }
    }
}
