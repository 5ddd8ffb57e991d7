package dev.triptych.text.decoding;

import java.util.Arrays;

/** A set of tokens that is cleared in constant time. Not thread-safe. */
public final class TokenMarks {

    private final int[] turns;
    private int turn;

    TokenMarks(int vocabSize) {
        turns = new int[vocabSize];
    }

    void clear() {
        turn++;
        if (turn == 0) {
            Arrays.fill(turns, 0);
            turn = 1;
        }
    }

    /**
     * Adds a token.
     *
     * @return false where it was there already
     */
    public boolean add(int tokenId) {
        if (turns[tokenId] == turn) {
            return false;
        }
        turns[tokenId] = turn;
        return true;
    }
}
