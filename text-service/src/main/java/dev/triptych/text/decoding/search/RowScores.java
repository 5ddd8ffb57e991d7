package dev.triptych.text.decoding.search;

import dev.triptych.tensor.Tensor;
import dev.triptych.text.decoding.LogitsRow;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The logits of one request's live rows, which stand side by side in the step's tensor. One instance serves all requests
 * of a loop in turn; not thread-safe.
 */
public final class RowScores {

    private final LogitsRow row;
    private @Nullable Tensor logits;
    private int first;

    public RowScores(int vocabSize) {
        this.row = new LogitsRow(vocabSize);
    }

    /**
     * Turns to a request.
     *
     * @param logits float32 {@code [rows, vocabSize]}
     * @param first the request's first row
     */
    public RowScores at(Tensor logits, int first) {
        this.logits = logits;
        this.first = first;
        return this;
    }

    /** A live row's scores, until the next is taken. */
    LogitsRow load(int index) {
        return row.load(Objects.requireNonNull(logits, "no request was turned to"), first + index);
    }

    /** The model's own score of a token in a live row. */
    float raw(int index, int tokenId) {
        Tensor tensor = Objects.requireNonNull(logits, "no request was turned to");
        return tensor.getFloat((long) (first + index) * row.vocabSize() + tokenId);
    }
}
