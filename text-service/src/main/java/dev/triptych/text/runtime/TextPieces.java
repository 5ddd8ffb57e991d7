package dev.triptych.text.runtime;

import java.util.ArrayList;
import java.util.List;

/** Cuts a text that is longer than a model reads into pieces of nearly equal length. Pure. */
final class TextPieces {

    private TextPieces() {}

    /**
     * The pieces, each between the special tokens that the whole text has.
     *
     * @param whole the text's ids with special tokens
     * @param bare the same without them
     * @param maxTokens of a piece; more than the special tokens
     */
    static List<List<Integer>> of(List<Integer> whole, List<Integer> bare, int maxTokens) {
        if (whole.size() <= maxTokens) {
            return List.of(whole);
        }
        int start = startOf(bare, whole);
        List<Integer> before = start < 0 ? List.of() : whole.subList(0, start);
        List<Integer> after = start < 0 ? List.of() : whole.subList(start + bare.size(), whole.size());
        int room = Math.max(1, maxTokens - before.size() - after.size());
        int count = Math.ceilDiv(bare.size(), room);
        List<List<Integer>> pieces = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            List<Integer> piece = new ArrayList<>(maxTokens);
            piece.addAll(before);
            piece.addAll(
                    bare.subList((int) ((long) bare.size() * i / count), (int) ((long) bare.size() * (i + 1) / count)));
            piece.addAll(after);
            pieces.add(piece);
        }
        return pieces;
    }

    private static int startOf(List<Integer> bare, List<Integer> whole) {
        for (int start = 0; start + bare.size() <= whole.size(); start++) {
            if (whole.subList(start, start + bare.size()).equals(bare)) {
                return start;
            }
        }
        return -1;
    }
}
