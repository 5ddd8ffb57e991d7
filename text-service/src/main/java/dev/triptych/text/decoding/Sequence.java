package dev.triptych.text.decoding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tokens of one output behind what the decoder was given: the decoder start token of a seq2seq model, the prompt of
 * a causal one. Owned by the engine loop, which appends at commit only.
 */
public final class Sequence {

    private final int given;
    private int[] ids;
    private int size;
    private double score;

    public Sequence(int decoderStartTokenId) {
        this(List.of(decoderStartTokenId));
    }

    /** @param given what the decoder reads before the first generated token; at least one token */
    public Sequence(List<Integer> given) {
        if (given.isEmpty()) {
            throw new IllegalArgumentException("a decoder needs at least one token to start from");
        }
        this.given = given.size();
        this.ids = new int[given.size() + 32];
        for (int id : given) {
            ids[size++] = id;
        }
    }

    /** Appends a generated token with its log-prob. */
    public void append(int tokenId, double logProb) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, 2 * size);
        }
        ids[size++] = tokenId;
        score += logProb;
    }

    /** Tokens including what the decoder was given. */
    public int length() {
        return size;
    }

    /** Tokens without what the decoder was given. */
    public int generatedCount() {
        return size - given;
    }

    /** The token at a position; what the decoder was given comes first. */
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
        List<Integer> generated = new ArrayList<>(generatedCount());
        for (int i = given; i < size; i++) {
            generated.add(ids[i]);
        }
        return generated;
    }
}
