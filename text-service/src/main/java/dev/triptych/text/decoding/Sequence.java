package dev.triptych.text.decoding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tokens of one output: the decoder start token, then what was generated. Owned by the engine loop, which appends
 * at commit only.
 */
public final class Sequence {

    private int[] ids = new int[32];
    private int size;
    private double score;

    public Sequence(int decoderStartTokenId) {
        ids[size++] = decoderStartTokenId;
    }

    /** Appends a generated token with its log-prob. */
    public void append(int tokenId, double logProb) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, 2 * size);
        }
        ids[size++] = tokenId;
        score += logProb;
    }

    /** Tokens including the decoder start token. */
    public int length() {
        return size;
    }

    /** Tokens without the decoder start token. */
    public int generatedCount() {
        return size - 1;
    }

    /** The token at a position; the decoder start token is at 0. */
    public int id(int position) {
        if (position < 0 || position >= size) {
            throw new IndexOutOfBoundsException("position " + position + " of a sequence of " + size);
        }
        return ids[position];
    }

    public int last() {
        return ids[size - 1];
    }

    /** Sum of the log-probs of the generated tokens. */
    public double score() {
        return score;
    }

    /** A copy of the generated tokens. */
    public List<Integer> generated() {
        List<Integer> generated = new ArrayList<>(size - 1);
        for (int i = 1; i < size; i++) {
            generated.add(ids[i]);
        }
        return generated;
    }
}
