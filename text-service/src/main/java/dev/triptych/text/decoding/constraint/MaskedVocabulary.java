package dev.triptych.text.decoding.constraint;

import dev.triptych.text.generation.TokenAutomaton;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The tokens of a vocabulary that an automaton over bytes lets pass. The masks of states are kept once made, up to a
 * bound on their memory. Safe from any thread.
 */
final class MaskedVocabulary implements TokenAutomaton {

    /** The most memory for masks; beyond it they are made again. */
    private static final long MAX_MASK_BYTES = 16L << 20;

    private final ByteDfa dfa;
    private final SpelledVocabulary vocabulary;
    private final List<Integer> endTokens;
    private final AtomicReferenceArray<long[]> masks;
    private final int mostMasks;
    private int made;

    /** @param endTokens those that end a sequence, whatever they spell */
    MaskedVocabulary(ByteDfa dfa, SpelledVocabulary vocabulary, List<Integer> endTokens) {
        this.dfa = dfa;
        this.vocabulary = vocabulary;
        this.endTokens =
                endTokens.stream().filter(token -> token < vocabulary.size()).toList();
        this.masks = new AtomicReferenceArray<>(dfa.states());
        this.mostMasks = Math.toIntExact(Math.max(1, MAX_MASK_BYTES / Math.max(1, vocabulary.size() / Byte.SIZE)));
    }

    @Override
    public int start() {
        return dfa.start();
    }

    @Override
    public int next(int state, int tokenId) {
        byte[] spelling = vocabulary.spelling(tokenId);
        if (spelling.length == 0 || endTokens.contains(tokenId)) {
            return DEAD;
        }
        int at = state;
        for (byte value : spelling) {
            at = dfa.next(at, Byte.toUnsignedInt(value));
            if (at < 0) {
                return DEAD;
            }
        }
        return at;
    }

    @Override
    public long[] allowed(int state) {
        long[] kept = masks.get(state);
        if (kept != null) {
            return kept;
        }
        long[] mask = vocabulary.passing(dfa, state);
        for (int token : endTokens) {
            long bit = 1L << token;
            mask[token >> 6] = dfa.isEnd(state) ? mask[token >> 6] | bit : mask[token >> 6] & ~bit;
        }
        keep(state, mask);
        return mask;
    }

    private synchronized void keep(int state, long[] mask) {
        if (made == mostMasks) {
            for (int other = 0; other < masks.length(); other++) {
                masks.set(other, null);
            }
            made = 0;
        }
        made++;
        masks.set(state, mask);
    }
}
