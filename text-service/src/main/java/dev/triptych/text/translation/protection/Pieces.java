package dev.triptych.text.translation.protection;

import java.util.ArrayList;
import java.util.List;

/**
 * A sentence cut at its spans: the words between them are translated by themselves, and everything else is put around
 * them again. Always keeps the spans and their order, at the cost of grammar. Immutable.
 */
public final class Pieces {

    private final List<Piece> pieces;

    /** @param words whether it is translated; else copied */
    private record Piece(String text, boolean words) {}

    private Pieces(List<Piece> pieces) {
        this.pieces = List.copyOf(pieces);
    }

    public static Pieces of(MarkedText source) {
        List<Piece> pieces = new ArrayList<>();
        int from = 0;
        for (Span span : source.spans()) {
            add(source.text().substring(from, span.start()), pieces);
            pieces.add(new Piece(span.replacement(), false));
            from = span.end();
        }
        add(source.text().substring(from), pieces);
        return new Pieces(pieces);
    }

    private static void add(String between, List<Piece> pieces) {
        if (between.codePoints().noneMatch(Character::isLetter)) {
            pieces.add(new Piece(between, false));
            return;
        }
        int start = 0;
        while (!Character.isLetterOrDigit(between.codePointAt(start))) {
            start += Character.charCount(between.codePointAt(start));
        }
        int end = between.length();
        while (isSpace(between.charAt(end - 1))) {
            end--;
        }
        pieces.add(new Piece(between.substring(0, start), false));
        pieces.add(new Piece(between.substring(start, end), true));
        pieces.add(new Piece(between.substring(end), false));
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /** What the model is to read, each by itself. */
    public List<String> prompts() {
        return pieces.stream().filter(Piece::words).map(Piece::text).toList();
    }

    /** @param outputs one for each prompt; one that has placeholders of its own is passed over for the prompt */
    public String join(List<String> outputs) {
        StringBuilder text = new StringBuilder();
        int next = 0;
        for (Piece piece : pieces) {
            if (piece.words()) {
                String output = outputs.get(next++).strip();
                text.append(PlaceholderScanner.agree(piece.text(), output) ? output : piece.text());
            } else {
                text.append(piece.text());
            }
        }
        return text.toString();
    }
}
