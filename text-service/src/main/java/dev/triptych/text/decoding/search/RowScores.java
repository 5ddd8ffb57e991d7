package dev.triptych.text.decoding.search;

import dev.triptych.tensor.Tensor;
import dev.triptych.text.decoding.LogitsRow;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The logits of one request's live rows in a step's tensor: of the next token, or of many positions of each row. One
 * instance serves all requests of a loop in turn; not thread-safe.
 */
public final class RowScores {

    private static final int[] NOWHERE = {};

    private final LogitsRow row;
    private @Nullable Tensor logits;
    private @Nullable Tensor likeliest;
    private @Nullable Tensor logProbs;
    private int[] places = NOWHERE;
    private int positions = 1;

    public RowScores(int vocabSize) {
        this.row = new LogitsRow(vocabSize);
    }

    /**
     * Turns to a request.
     *
     * @param stepLogits float32 {@code [rows, vocabSize]} or {@code [rows, positions, vocabSize]}
     * @param requestPlaces where the request's live rows stand
     */
    public RowScores at(Tensor stepLogits, int[] requestPlaces) {
        logits = stepLogits;
        places = requestPlaces;
        positions = stepLogits.shape().rank() == 3
                ? Math.toIntExact(stepLogits.shape().dim(1))
                : 1;
        likeliest = null;
        logProbs = null;
        return this;
    }

    /**
     * Turns to a request of a step whose likeliest tokens the graph has found.
     *
     * @param ids int64 {@code [rows]} or {@code [rows, positions]}
     * @param idLogProbs float32, shaped like {@code ids}
     */
    public RowScores at(Tensor stepLogits, int[] requestPlaces, Tensor ids, Tensor idLogProbs) {
        at(stepLogits, requestPlaces);
        likeliest = ids;
        logProbs = idLogProbs;
        return this;
    }

    /** A live row's scores, until the next is taken. */
    LogitsRow load(int index) {
        return load(index, 0);
    }

    /** The scores of one position of a live row, until the next is taken. */
    LogitsRow load(int index, int position) {
        Tensor scores = Objects.requireNonNull(logits, "no request was turned to");
        int place = Math.addExact(Math.multiplyExact(places[index], positions), position);
        return likeliest == null || logProbs == null
                ? row.load(scores, place)
                : row.load(scores, place, Math.toIntExact(likeliest.getLong(place)), logProbs.getFloat(place));
    }

    /** The model's own score of a token in a live row. */
    float raw(int index, int tokenId) {
        return Objects.requireNonNull(logits, "no request was turned to")
                .getFloat((long) places[index] * row.vocabSize() + tokenId);
    }
}
