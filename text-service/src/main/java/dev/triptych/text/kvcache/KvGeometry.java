package dev.triptych.text.kvcache;

/**
 * The extents of one model's caches, float32 {@code [batch, heads, length, headSize]} per layer, attention and part.
 *
 * @param layers decoder layers
 * @param headCount heads of keys and values
 * @param headSize width of a head
 * @param crossAttention whether prompts are kept in caches of their own; without, they come first in self-attention's
 */
public record KvGeometry(int layers, int headCount, int headSize, boolean crossAttention) {

    public KvGeometry {
        if (layers < 1 || headCount < 1 || headSize < 1) {
            throw new IllegalArgumentException(
                    "a cache needs layers, heads and a head size, got " + layers + ", " + headCount + ", " + headSize);
        }
    }

    /** Of an encoder–decoder model. */
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
