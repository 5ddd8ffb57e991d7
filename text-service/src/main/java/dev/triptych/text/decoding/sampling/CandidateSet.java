package dev.triptych.text.decoding.sampling;

import dev.triptych.text.decoding.LogitsRow;
import dev.triptych.text.generation.Strategy;
import java.util.Arrays;

/**
 * The tokens that filters leave of one row whose largest score is 0. Filters take from it in Hugging Face's order
 * (top-k, top-p, min-p, typical), each looking at the distribution over what the one before left; at least one token
 * stays. Works in its row's memory.
 *
 * <p>A candidate is one long, its score's order in the upper half and its token in the lower, so that sorting needs no
 * objects.
 */
final class CandidateSet {

    /** Top-p needs only the head of the distribution sorted; these distances from the largest score are tried. */
    private static final float[] HEADS = {3, 7, 14, Float.POSITIVE_INFINITY};

    private final LogitsRow row;
    private final long[] kept;
    private final long[] sorted;
    private int size;

    private CandidateSet(LogitsRow row) {
        this.row = row;
        this.kept = row.keys();
        this.sorted = row.moreKeys();
    }

    /** What the filters leave of a row. */
    static CandidateSet of(LogitsRow row, Strategy.Sample filters) {
        CandidateSet set = new CandidateSet(row);
        boolean topK = filters.topK() > 0 && filters.topK() < row.vocabSize();
        if (topK) {
            set.collect(set.kthLargest(filters.topK()));
            if (filters.topP() < 1) {
                set.keepTopP(filters.topP());
            }
        } else if (filters.topP() < 1) {
            set.collectTopP(filters.topP());
        } else {
            set.collect(Float.NEGATIVE_INFINITY);
        }
        if (filters.minP() > 0) {
            set.keepMinP(filters.minP());
        }
        if (filters.typicalP() < 1) {
            set.keepTypical(filters.typicalP());
        }
        return set;
    }

    int size() {
        return size;
    }

    int token(int index) {
        return (int) kept[index];
    }

    float score(int index) {
        return score(kept[index]);
    }

    /** The token at which the cumulative distribution passes {@code uniform}. */
    int draw(double uniform) {
        double left = uniform * mass();
        for (int i = 0; i < size; i++) {
            left -= Math.exp(score(i));
            if (left < 0) {
                return token(i);
            }
        }
        return token(size - 1);
    }

    /** Takes the possible tokens that score at least {@code floor}. */
    private void collect(float floor) {
        float[] values = row.values();
        size = 0;
        for (int token = 0; token < row.vocabSize(); token++) {
            float value = values[token];
            if (value >= floor && value > Float.NEGATIVE_INFINITY) {
                kept[size++] = pack(value, token);
            }
        }
    }

    /** A heap of the k largest instead of a sort. */
    private float kthLargest(int k) {
        float[] values = row.values();
        for (int token = 0; token < k; token++) {
            sorted[token] = pack(values[token], token);
        }
        Arrays.sort(sorted, 0, k);
        float least = score(sorted[0]);
        for (int token = k; token < row.vocabSize(); token++) {
            if (values[token] > least) {
                sink(pack(values[token], token), k);
                least = score(sorted[0]);
            }
        }
        return least;
    }

    /** Puts a candidate in place of the heap's least; a sorted array is a heap. */
    private void sink(long candidate, int heapSize) {
        int place = 0;
        for (int child = 1; child < heapSize; child = 2 * place + 1) {
            if (child + 1 < heapSize && sorted[child + 1] < sorted[child]) {
                child++;
            }
            if (sorted[child] >= candidate) {
                break;
            }
            sorted[place] = sorted[child];
            place = child;
        }
        sorted[place] = candidate;
    }

    /** {@link #keepTopP} of the whole row, looking at no more of it than needed. */
    private void collectTopP(double topP) {
        double wanted = topP * Math.exp(row.logSumExp(0));
        for (float head : HEADS) {
            collect(-head);
            if (mass() >= wanted || head == Float.POSITIVE_INFINITY) {
                cut(wanted);
                return;
            }
        }
    }

    /** Keeps a token where the likelier ones together have less than {@code topP}. */
    private void keepTopP(double topP) {
        cut(topP * mass());
    }

    private void cut(double wanted) {
        System.arraycopy(kept, 0, sorted, 0, size);
        Arrays.sort(sorted, 0, size);
        int count = size;
        double before = 0;
        size = 0;
        for (int i = count - 1; i >= 0 && (before < wanted || size == 0); i--) {
            kept[size++] = sorted[i];
            before += Math.exp(score(sorted[i]));
        }
    }

    private void keepMinP(double minP) {
        int left = 0;
        for (int i = 0; i < size; i++) {
            if (Math.exp(score(i)) >= minP) {
                kept[left++] = kept[i];
            }
        }
        size = left;
    }

    /** Keeps the tokens whose information is nearest to the expected one, until they have {@code mass}; ties stay. */
    private void keepTypical(double mass) {
        double logTotal = Math.log(mass());
        double entropy = 0;
        for (int i = 0; i < size; i++) {
            double logProb = score(i) - logTotal;
            entropy -= logProb * Math.exp(logProb);
        }
        for (int i = 0; i < size; i++) {
            sorted[i] = pack((float) distance(i, logTotal, entropy), i);
        }
        Arrays.sort(sorted, 0, size);
        double cumulative = 0;
        int last = 0;
        for (; last < size - 1; last++) {
            cumulative += Math.exp(score((int) sorted[last]) - logTotal);
            if (cumulative >= mass) {
                break;
            }
        }
        float bound = score(sorted[last]);
        int left = 0;
        for (int i = 0; i < size; i++) {
            if ((float) distance(i, logTotal, entropy) <= bound) {
                kept[left++] = kept[i];
            }
        }
        size = left;
    }

    private double distance(int index, double logTotal, double entropy) {
        return Math.abs(-(score(index) - logTotal) - entropy);
    }

    private double mass() {
        double mass = 0;
        for (int i = 0; i < size; i++) {
            mass += Math.exp(score(i));
        }
        return mass;
    }

    private static long pack(float score, int token) {
        int bits = Float.floatToRawIntBits(score);
        int ordered = bits ^ ((bits >> 31) & 0x7FFFFFFF);
        return (long) ordered << 32 | token;
    }

    private static float score(long candidate) {
        int ordered = (int) (candidate >> 32);
        return Float.intBitsToFloat(ordered ^ ((ordered >> 31) & 0x7FFFFFFF));
    }
}
