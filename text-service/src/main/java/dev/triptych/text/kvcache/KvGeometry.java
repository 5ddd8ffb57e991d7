package dev.triptych.text.kvcache;

/**
 * The extents of one model's caches, float32 {@code [batch, heads, length, headSize]} per layer, attention and part.
 *
 * @param layers decoder layers
 * @param headCount attention heads
 * @param headSize width of a head
 */
public record KvGeometry(int layers, int headCount, int headSize) {

    public KvGeometry {
        if (layers < 1 || headCount < 1 || headSize < 1) {
            throw new IllegalArgumentException(
                    "a cache needs layers, heads and a head size, got " + layers + ", " + headCount + ", " + headSize);
        }
    }

    /** Keys and values of every layer. */
    int tensorCount() {
        return 2 * layers;
    }

    /** Elements of one tensor. */
    long elements(int rows, int length) {
        return (long) rows * headCount * length * headSize;
    }
}
