package dev.triptych.text.kvcache;

import dev.triptych.tensor.DType;

/**
 * The extents of one model's caches, {@code [batch, heads, length, headSize]} per layer, attention and part.
 *
 * @param layers decoder layers
 * @param headCount heads of keys and values
 * @param headSize width of a head
 * @param crossAttention whether prompts are kept in caches of their own; without, they come first in self-attention's
 * @param dtype element type of keys and values
 */
public record KvGeometry(int layers, int headCount, int headSize, boolean crossAttention, DType dtype) {

    public KvGeometry {
        if (layers < 1 || headCount < 1 || headSize < 1) {
            throw new IllegalArgumentException(
                    "a cache needs layers, heads and a head size, got " + layers + ", " + headCount + ", " + headSize);
        }
    }

    /** Of float32. */
    public KvGeometry(int layers, int headCount, int headSize, boolean crossAttention) {
        this(layers, headCount, headSize, crossAttention, DType.FLOAT32);
    }

    /** Of an encoder–decoder model, of float32. */
    public KvGeometry(int layers, int headCount, int headSize) {
        this(layers, headCount, headSize, true);
    }

    /** Keys and values of every layer. */
    int tensorCount() {
        return 2 * layers;
    }

    /** Tokens that self-attention's caches hold at most. */
    int selfLength(CacheDemand demand) {
        return crossAttention ? demand.maxLength() : Math.addExact(demand.sourceLength(), demand.maxLength());
    }

    /** Elements of one tensor. */
    long elements(int rows, int length) {
        return (long) rows * headCount * length * headSize;
    }
}
