package dev.triptych.text.decoding;

/**
 * The highest scores seen, in descending order, the first offered among equals. A block of a row is looked at only where
 * its largest score would get in, so that most of a vocabulary costs one vectorized maximum. Not thread-safe.
 */
public final class TopCandidates {

    private static final int BLOCK = 256;

    private final float[] scores;
    private final int[] rows;
    private final int[] tokens;
    private int size;

    public TopCandidates(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("there must be room for one candidate, got " + capacity);
        }
        scores = new float[capacity];
        rows = new int[capacity];
        tokens = new int[capacity];
    }

    public void clear() {
        size = 0;
    }

    /**
     * Offers the scores of a row; impossible tokens (negative infinity) are passed over.
     *
     * @param values {@code [vocabSize]}, no NaN
     * @param base added to each, in float32
     * @param row reported with the candidates
     */
    public void offer(float[] values, int vocabSize, float base, int row) {
        for (int start = 0; start < vocabSize; start += BLOCK) {
            int end = Math.min(vocabSize, start + BLOCK);
            float largest = max(values, start, end) + base;
            if (largest > threshold()) {
                for (int token = start; token < end; token++) {
                    float score = values[token] + base;
                    if (score > threshold()) {
                        insert(score, row, token);
                    }
                }
            }
        }
    }

    public int size() {
        return size;
    }

    /** Whether as many were found as there is room for. */
    public boolean isFull() {
        return size == scores.length;
    }

    public float score(int rank) {
        return scores[rank];
    }

    public int row(int rank) {
        return rows[rank];
    }

    public int token(int rank) {
        return tokens[rank];
    }

    private float threshold() {
        return isFull() ? scores[size - 1] : Float.NEGATIVE_INFINITY;
    }

    private void insert(float score, int row, int token) {
        int place = isFull() ? size - 1 : size++;
        while (place > 0 && scores[place - 1] < score) {
            scores[place] = scores[place - 1];
            rows[place] = rows[place - 1];
            tokens[place] = tokens[place - 1];
            place--;
        }
        scores[place] = score;
        rows[place] = row;
        tokens[place] = token;
    }

    private static float max(float[] values, int from, int to) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            max = Math.max(max, values[i]);
        }
        return max;
    }
}
