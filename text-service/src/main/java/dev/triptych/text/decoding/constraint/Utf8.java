package dev.triptych.text.decoding.constraint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The bytes of ranges of characters in UTF-8 (RFC 3629). */
final class Utf8 {

    /** The last code points of one, two and three bytes, and of all. */
    private static final int[] LAST_OF_LENGTH = {0x7F, 0x7FF, 0xFFFF, Character.MAX_CODE_POINT};

    private static final int BITS = 6;

    private Utf8() {}

    /** Bytes from {@code low} to {@code high}, both included. */
    record Bytes(int low, int high) {}

    /**
     * The ways to spell a range of code points: each a range for every byte, any combination of which is the UTF-8 of a
     * code point in the range. Together they spell all of them, each once.
     *
     * @param high at least {@code low}; no surrogate is between them
     */
    static List<List<Bytes>> sequences(int low, int high) {
        List<List<Bytes>> sequences = new ArrayList<>();
        int from = low;
        for (int last : LAST_OF_LENGTH) {
            if (from <= high && from <= last) {
                split(from, Math.min(high, last), sequences);
                from = last + 1;
            }
        }
        return sequences;
    }

    /** Splits where the trailing bytes would not run through all their values. */
    private static void split(int low, int high, List<List<Bytes>> sequences) {
        for (int bits = BITS; low > 0x7F && bits <= 3 * BITS; bits += BITS) {
            int block = (1 << bits) - 1;
            if ((low & ~block) != (high & ~block)) {
                if ((low & block) != 0) {
                    split(low, low | block, sequences);
                    split((low | block) + 1, high, sequences);
                    return;
                }
                if ((high & block) != block) {
                    split(low, (high & ~block) - 1, sequences);
                    split(high & ~block, high, sequences);
                    return;
                }
            }
        }
        byte[] first = Character.toString(low).getBytes(StandardCharsets.UTF_8);
        byte[] last = Character.toString(high).getBytes(StandardCharsets.UTF_8);
        List<Bytes> bytes = new ArrayList<>(first.length);
        for (int i = 0; i < first.length; i++) {
            bytes.add(new Bytes(Byte.toUnsignedInt(first[i]), Byte.toUnsignedInt(last[i])));
        }
        sequences.add(bytes);
    }
}
