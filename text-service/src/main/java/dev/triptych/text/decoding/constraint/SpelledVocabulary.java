package dev.triptych.text.decoding.constraint;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The tokens of a vocabulary in the order of their bytes, so that tokens which begin alike stand together and an
 * automaton walks their beginning once.
 */
final class SpelledVocabulary {

    private final byte[][] bytes;
    private final int[] ordered;
    private final int[] shared;
    private final BitSet singles = new BitSet(256);

    /** @param spellings the bytes of each token by id; empty for tokens that no text contains */
    SpelledVocabulary(List<byte[]> spellings) {
        bytes = spellings.toArray(byte[][]::new);
        ordered = IntStream.range(0, bytes.length)
                .filter(token -> bytes[token].length > 0)
                .boxed()
                .sorted((a, b) -> Arrays.compareUnsigned(bytes[a], bytes[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        shared = new int[ordered.length];
        for (int place = 0; place < ordered.length; place++) {
            byte[] spelling = bytes[ordered[place]];
            if (spelling.length == 1) {
                singles.set(Byte.toUnsignedInt(spelling[0]));
            }
            if (place > 0) {
                int mismatch = Arrays.mismatch(bytes[ordered[place - 1]], spelling);
                shared[place] = mismatch < 0 ? spelling.length : mismatch;
            }
        }
    }

    int size() {
        return bytes.length;
    }

    /** The bytes that a token of their own spells. */
    BitSet singles() {
        return singles;
    }

    /** The bytes of a token; none for tokens that no text contains. Not to be changed. */
    byte[] spelling(int tokenId) {
        return tokenId < 0 || tokenId >= bytes.length ? new byte[0] : bytes[tokenId];
    }

    /** The tokens that an automaton can go through from a state, as a bit for each. */
    long[] passing(ByteDfa dfa, int state) {
        long[] passing = new long[(bytes.length + Long.SIZE - 1) / Long.SIZE];
        int[] path = new int[16];
        path[0] = state;
        int depth = 0;
        for (int place = 0; place < ordered.length; place++) {
            byte[] spelling = bytes[ordered[place]];
            if (shared[place] > depth) {
                // It begins with the bytes over which the last one failed.
                continue;
            }
            depth = shared[place];
            if (path.length <= spelling.length) {
                path = Arrays.copyOf(path, 2 * spelling.length);
            }
            int at = path[depth];
            while (depth < spelling.length && at >= 0) {
                at = dfa.next(at, Byte.toUnsignedInt(spelling[depth]));
                if (at >= 0) {
                    path[++depth] = at;
                }
            }
            if (at >= 0) {
                passing[ordered[place] >> 6] |= 1L << ordered[place];
            }
        }
        return passing;
    }
}
