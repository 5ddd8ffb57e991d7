package dev.triptych.text.translation;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cuts a text into sentences and what stands between them. A line never shares a sentence with the next line, so that
 * line structure survives translation. Pure; safe from any thread.
 */
final class SentenceSplitter {

    private final Locale language;
    private final SentenceEnds ends;

    SentenceSplitter(Locale language) {
        this.language = language;
        this.ends = SentenceEnds.of(language);
    }

    /** The segments of a text in order; joined they are the text, character for character. */
    List<Segment> split(String text) {
        Segments segments = new Segments();
        int lineStart = 0;
        for (int i = 0; i < text.length(); i++) {
            if (isLineBreak(text.charAt(i))) {
                splitLine(text.substring(lineStart, i), segments);
                segments.verbatim(text.substring(i, i + 1));
                lineStart = i + 1;
            }
        }
        splitLine(text.substring(lineStart), segments);
        return segments.finish();
    }

    private void splitLine(String line, Segments segments) {
        if (!hasLetter(line)) {
            segments.verbatim(line);
            return;
        }
        BreakIterator breaks = BreakIterator.getSentenceInstance(language);
        breaks.setText(line);
        int start = 0;
        for (int end = breaks.next(); end != BreakIterator.DONE; end = breaks.next()) {
            if (end == line.length() || ends.isSentenceEnd(line, start, end)) {
                addSentence(line.substring(start, end), segments);
                start = end;
            }
        }
    }

    private static void addSentence(String stretch, Segments segments) {
        if (!hasLetter(stretch)) {
            segments.verbatim(stretch);
            return;
        }
        int start = 0;
        while (isSpace(stretch.charAt(start))) {
            start++;
        }
        int end = stretch.length();
        while (isSpace(stretch.charAt(end - 1))) {
            end--;
        }
        segments.verbatim(stretch.substring(0, start));
        segments.sentence(stretch.substring(start, end));
        segments.verbatim(stretch.substring(end));
    }

    static boolean hasLetter(String text) {
        return text.codePoints().anyMatch(Character::isLetter);
    }

    /** White space in the sense of either Java or Unicode, which disagree on no-break spaces and on separators. */
    static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    private static boolean isLineBreak(char c) {
        return switch (c) {
            case '\n', '\r', '\u000B', '\f', '\u0085', '\u2028', '\u2029' -> true;
            default -> false;
        };
    }

    /** Collects segments, joining neighbors that are copied anyway. */
    private static final class Segments {

        private final List<Segment> segments = new ArrayList<>();
        private final StringBuilder verbatim = new StringBuilder();

        void verbatim(String text) {
            verbatim.append(text);
        }

        void sentence(String text) {
            flush();
            segments.add(new Segment.Sentence(text));
        }

        List<Segment> finish() {
            flush();
            return segments;
        }

        private void flush() {
            if (!verbatim.isEmpty()) {
                segments.add(new Segment.Verbatim(verbatim.toString()));
                verbatim.setLength(0);
            }
        }
    }
}
