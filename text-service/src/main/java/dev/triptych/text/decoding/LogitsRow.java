package dev.triptych.text.decoding;

import dev.triptych.tensor.Tensor;
import dev.triptych.tensor.math.FastLogits;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One row of logits, copied out of the step's tensor so that processors may change it. One instance serves all rows of
 * a loop in turn; not thread-safe.
 */
public final class LogitsRow {

    private final int vocabSize;
    private final float[] values;
    private final float[] scratch;
    private @Nullable Tensor source;
    private long offset;

    public LogitsRow(int vocabSize) {
        this.vocabSize = vocabSize;
        this.values = new float[vocabSize];
        this.scratch = new float[vocabSize];
    }

    /**
     * Takes a row.
     *
     * @param logits float32 {@code [rows, vocabSize]}
     */
    public LogitsRow load(Tensor logits, int row) {
        source = logits;
        offset = (long) row * vocabSize;
        logits.copyFloats(offset, values, 0, vocabSize);
        return this;
    }

    /** The scores, {@code [vocabSize]}; processors change them in place. */
    public float[] values() {
        return values;
    }

    /** The model's own score of a token, whatever processors made of it. */
    public float raw(int tokenId) {
        Tensor tensor = Objects.requireNonNull(source, "no row was loaded");
        return tensor.getFloat(offset + tokenId);
    }

    /** The token of the largest score, the lowest among equals; -1 where a score is NaN. */
    public int argMax() {
        return FastLogits.argMax(values, vocabSize);
    }

    /**
     * Natural logarithm of the sum of exponentials.
     *
     * @param max the largest score
     */
    public double logSumExp(float max) {
        return FastLogits.logSumExp(values, vocabSize, max, scratch);
    }
}
