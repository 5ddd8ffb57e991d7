package dev.triptych.text.decoding;

import dev.triptych.tensor.Tensor;
import dev.triptych.tensor.math.FastLogits;
import dev.triptych.text.generation.TokenScore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One row of logits. It is copied out of the step's tensor only when somebody looks at its values, which processors may
 * change. One instance serves all rows of a loop in turn; not thread-safe.
 */
public final class LogitsRow {

    private final int vocabSize;
    private final float[] values;
    private final float[] scratch;
    private final TokenMarks marks;
    private long[] keys = {};
    private long[] moreKeys = {};
    private @Nullable Tensor source;
    private long offset;
    private boolean copied;
    private int likeliest;
    private float likeliestLogProb;

    public LogitsRow(int vocabSize) {
        this.vocabSize = vocabSize;
        this.values = new float[vocabSize];
        this.scratch = new float[vocabSize];
        this.marks = new TokenMarks(vocabSize);
    }

    /**
     * Takes a row.
     *
     * @param logits float32 {@code [rows, vocabSize]}
     */
    public LogitsRow load(Tensor logits, int row) {
        return load(logits, row, -1, Float.NaN);
    }

    /**
     * Takes a row whose likeliest token the graph has found.
     *
     * @param tokenId which, the lowest among equals
     * @param logProb its log-prob; NaN where the row's scores are no numbers
     */
    public LogitsRow load(Tensor logits, int row, int tokenId, float logProb) {
        source = logits;
        offset = (long) row * vocabSize;
        copied = false;
        likeliest = tokenId;
        likeliestLogProb = logProb;
        return this;
    }

    public int vocabSize() {
        return vocabSize;
    }

    /** The token of the largest raw score where the graph has found it; else -1. */
    public int likeliest() {
        return likeliest;
    }

    /** The log-prob of {@link #likeliest}. */
    public float likeliestLogProb() {
        return likeliestLogProb;
    }

    /** The scores, {@code [vocabSize]}; processors change them in place. */
    public float[] values() {
        if (!copied) {
            Objects.requireNonNull(source, "no row was loaded").copyFloats(offset, values, 0, vocabSize);
            copied = true;
        }
        return values;
    }

    /** {@code [vocabSize]} to work in; {@link #logSumExp} leaves the exponentials here. */
    public float[] scratch() {
        return scratch;
    }

    /** {@code [vocabSize]} to sort in. */
    public long[] keys() {
        if (keys.length == 0) {
            keys = new long[vocabSize];
        }
        return keys;
    }

    /** {@code [vocabSize]} to sort in beside {@link #keys}. */
    public long[] moreKeys() {
        if (moreKeys.length == 0) {
            moreKeys = new long[vocabSize];
        }
        return moreKeys;
    }

    /** A cleared set of tokens. */
    public TokenMarks clearedMarks() {
        marks.clear();
        return marks;
    }

    /** The model's own score of a token, whatever processors made of it. */
    public float raw(int tokenId) {
        Tensor tensor = Objects.requireNonNull(source, "no row was loaded");
        return tensor.getFloat(offset + tokenId);
    }

    /** The token of the largest score, the lowest among equals; -1 where a score is NaN. */
    public int argMax() {
        return FastLogits.argMax(values(), vocabSize);
    }

    /**
     * Natural logarithm of the sum of exponentials.
     *
     * @param max the largest score
     */
    public double logSumExp(float max) {
        return FastLogits.logSumExp(values(), vocabSize, max, scratch);
    }

    /**
     * The tokens of the largest scores, largest first, the lowest ids among equals.
     *
     * @param logSum taken from each score
     */
    public List<TokenScore> top(int count, double logSum) {
        if (count == 0) {
            return List.of();
        }
        TopCandidates best = new TopCandidates(Math.min(count, vocabSize));
        best.offer(values(), vocabSize, 0, 0);
        List<TokenScore> top = new ArrayList<>(best.size());
        for (int i = 0; i < best.size(); i++) {
            top.add(new TokenScore(best.token(i), best.score(i) - logSum));
        }
        return List.copyOf(top);
    }
}
