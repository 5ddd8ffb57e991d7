package dev.triptych.local.search;

import java.util.List;

/**
 * A file of the index.
 *
 * @param name its path below the folder, with {@code /}
 * @param digest of its bytes
 * @param vector of the whole text
 * @param passages parts of the text with theirs
 */
@SuppressWarnings("ArrayRecordComponent") // Vectors are compared by nobody.
record IndexedFile(String name, String digest, float[] vector, List<IndexedPassage> passages) {

    /** @param vector of the passage */
    @SuppressWarnings("ArrayRecordComponent")
    record IndexedPassage(Passage place, float[] vector) {}
}
