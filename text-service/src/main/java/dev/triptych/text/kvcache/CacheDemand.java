package dev.triptych.text.kvcache;

/**
 * What rows of a cohort will need at most.
 *
 * @param joining rows that join with the next step, one for each prompt
 * @param rows the most that they become, as beams or samples of one prompt part
 * @param sourceLength the longest prompt among them, in tokens
 * @param maxLength the most tokens that any of them will add to self-attention's cache while it generates
 */
public record CacheDemand(int joining, int rows, int sourceLength, int maxLength) {

    public CacheDemand {
        if (joining < 1 || rows < joining || sourceLength < 1 || maxLength < 1) {
            throw new IllegalArgumentException("a cohort needs rows, a source and room for tokens, got " + joining
                    + " of " + rows + ", " + sourceLength + ", " + maxLength);
        }
    }

    /** Of rows that stay as many as they are. */
    public CacheDemand(int rows, int sourceLength, int maxLength) {
        this(rows, rows, sourceLength, maxLength);
    }

    /** Bytes set aside for a cohort whose rows are equally long: cross-attention once, self-attention twice, since past and present alternate. */
    long bytes(KvGeometry geometry) {
        long self = BlockPool.blockSize(geometry.elements(rows, geometry.selfLength(this)) * Float.BYTES);
        long cross = geometry.crossAttention()
                ? BlockPool.blockSize(geometry.elements(rows, sourceLength) * Float.BYTES)
                : 0;
        long mask = BlockPool.blockSize((long) rows * sourceLength * Long.BYTES);
        return Math.addExact(Math.multiplyExact(geometry.tensorCount(), 2 * self + cross), mask);
    }
}
