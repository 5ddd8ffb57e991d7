package dev.triptych.text.decoding;

import dev.triptych.text.generation.TokenScore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tokens of one output behind what the decoder was given: the decoder start token of a seq2seq model, the prompt of
 * a causal one. Owned by the engine loop, which appends at commit only.
 *
 * <pre>
 *   ids:  | given: start token or prompt | generated ... |
 * </pre>
 */
public final class Sequence {

    private final int given;
    private int[] ids;
    private double[] logProbs;
    private final List<List<TokenScore>> tops = new ArrayList<>();
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
        this.logProbs = new double[32];
        for (int id : given) {
            ids[size++] = id;
        }
    }

    private Sequence(Sequence other) {
        this.given = other.given;
        this.ids = other.ids.clone();
        this.logProbs = other.logProbs.clone();
        this.tops.addAll(other.tops);
        this.size = other.size;
        this.score = other.score;
    }

    /** A copy that grows on its own. */
    public Sequence fork() {
        return new Sequence(this);
    }

    /** Appends a generated token with its log-prob. */
    public void append(int tokenId, double logProb) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, 2 * size);
        }
        if (generatedCount() == logProbs.length) {
            logProbs = Arrays.copyOf(logProbs, 2 * logProbs.length);
        }
        logProbs[generatedCount()] = logProb;
        ids[size++] = tokenId;
        score += logProb;
    }

    /** Appends a generated token with its log-prob and the likeliest tokens in its place. */
    public void append(int tokenId, double logProb, List<TokenScore> top) {
        append(tokenId, logProb);
        if (!top.isEmpty()) {
            tops.add(top);
        }
    }

    /** Takes a hypothesis' tokens in place of what was generated. */
    public void become(Hypothesis hypothesis) {
        int length = given + hypothesis.length();
        if (ids.length < length) {
            ids = Arrays.copyOf(ids, 2 * length);
        }
        size = length;
        Hypothesis node = hypothesis;
        for (int i = length - 1; i >= given; i--) {
            ids[i] = node.tokenId();
            node = node.parent();
        }
    }

    /** Tokens including what the decoder was given. */
    public int length() {
        return size;
    }

    /** Tokens that the decoder was given. */
    public int givenCount() {
        return given;
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

    /** Log-prob of a generated token, counted from 0. */
    public double logProb(int index) {
        if (index < 0 || index >= generatedCount()) {
            throw new IndexOutOfBoundsException("token " + index + " of " + generatedCount() + " generated");
        }
        return logProbs[index];
    }

    /** The likeliest tokens in the place of a generated one, counted from 0; empty where they were not kept. */
    public List<TokenScore> top(int index) {
        return tops.isEmpty() ? List.of() : tops.get(index);
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

    /** A copy of the generated tokens' log-probs. */
    public List<Double> logProbs() {
        List<Double> copy = new ArrayList<>(generatedCount());
        for (int i = 0; i < generatedCount(); i++) {
            copy.add(logProbs[i]);
        }
        return copy;
    }

    /** A copy of what {@link #top} gives for each generated token; empty where nothing was kept. */
    public List<List<TokenScore>> tops() {
        return List.copyOf(tops);
    }
}
