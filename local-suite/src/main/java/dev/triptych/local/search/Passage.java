package dev.triptych.local.search;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of a text that is embedded for itself: paragraphs up to a length, or a piece of a long one.
 *
 * @param start of the first character, in UTF-16 units
 * @param end behind the last
 */
record Passage(int start, int end) {

    /** Paragraphs are joined up to this length. */
    static final int FULL = 900;

    /** A longer paragraph is cut between words. */
    static final int LONGEST = 1500;

    /** The passages of a text in their order; what is between them is white space. */
    static List<Passage> of(String text) {
        List<Passage> passages = new ArrayList<>();
        int start = -1;
        int end = 0;
        for (Passage piece : pieces(text)) {
            if (start >= 0 && piece.end - start > FULL) {
                passages.add(new Passage(start, end));
                start = -1;
            }
            start = start < 0 ? piece.start : start;
            end = piece.end;
        }
        if (start >= 0) {
            passages.add(new Passage(start, end));
        }
        return passages;
    }

    /** Paragraphs, long ones cut. */
    private static List<Passage> pieces(String text) {
        List<Passage> pieces = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int blank = blankLine(text, at);
            addPieces(text, at, blank, pieces);
            at = blank + 1;
        }
        return pieces;
    }

    /** The end of the paragraph that starts here: a line break before a blank line, or the text's end. */
    private static int blankLine(String text, int from) {
        for (int at = text.indexOf('\n', from); at >= 0; at = text.indexOf('\n', at + 1)) {
            int next = at + 1;
            while (next < text.length() && (text.charAt(next) == ' ' || text.charAt(next) == '\r')) {
                next++;
            }
            if (next < text.length() && text.charAt(next) == '\n') {
                return at;
            }
        }
        return text.length();
    }

    private static void addPieces(String text, int from, int to, List<Passage> pieces) {
        int start = from;
        while (start < to) {
            while (start < to && Character.isWhitespace(text.charAt(start))) {
                start++;
            }
            int end = Math.min(to, start + LONGEST);
            if (end < to) {
                int space = text.lastIndexOf(' ', end);
                end = space > start ? space : end;
                // Never half a character.
                end = Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end;
            }
            if (start < end && !text.substring(start, end).isBlank()) {
                pieces.add(new Passage(start, end));
            }
            start = Math.max(end, start + 1);
        }
    }
}
