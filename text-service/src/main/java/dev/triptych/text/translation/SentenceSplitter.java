package dev.triptych.text.translation;

import dev.triptych.text.translation.protection.MarkedText;
import dev.triptych.text.translation.protection.Span;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a text into sentences and what stands between them. A line never shares a sentence with the next line, so that
 * line structure survives translation. Pure; safe from any thread.
 */
final class SentenceSplitter {

    private static final String MARK =
            "\\s*(?:(?:[-*+\u2022\u2023\u25e6\u2043\u00b7\u25aa\u25cf\u2013\u2014]|#{1,6}|>|[A-Za-z]\\)%s)\\s+)+";
    private static final Pattern LIST_MARK = Pattern.compile(MARK.formatted("|\\d{1,3}[.)]"));
    private static final Pattern LIST_MARK_WITHOUT_NUMBER = Pattern.compile(MARK.formatted("|\\d{1,3}\\)"));

    private final Locale language;
    private final SentenceEnds ends;

    SentenceSplitter(Locale language) {
        this.language = language;
        this.ends = SentenceEnds.of(language);
    }

    /** The segments of a text in order; joined they are the text, character for character. */
    List<Segment> split(MarkedText text) {
        Segments segments = new Segments();
        int lineStart = 0;
        for (int i = 0; i < text.text().length(); i++) {
            if (isLineBreak(text.text().charAt(i)) && !text.splitsSpan(i)) {
                splitLine(text.part(lineStart, i), segments);
                segments.verbatim(text.text().substring(i, i + 1));
                lineStart = i + 1;
            }
        }
        splitLine(text.part(lineStart, text.text().length()), segments);
        return segments.finish();
    }

    private void splitLine(MarkedText line, Segments segments) {
        if (!line.hasWords()) {
            segments.verbatim(line.replaced());
            return;
        }
        int start = listMark(line);
        segments.verbatim(line.text().substring(0, start));
        String visible = withoutTags(line);
        BreakIterator breaks = BreakIterator.getSentenceInstance(language);
        breaks.setText(visible);
        for (int end = breaks.following(start); end != BreakIterator.DONE; end = breaks.next()) {
            boolean last = end == visible.length();
            if (last || !line.splitsSpan(end) && ends.isSentenceEnd(visible, start, end)) {
                int to = last ? end : beforeOpeningTags(line, start, end);
                addSentence(line.part(start, to), segments);
                start = to;
            }
        }
    }

    /** A text of the same length with spaces for tags, which no rule of sentences knows. */
    private static String withoutTags(MarkedText line) {
        StringBuilder visible = new StringBuilder(line.text());
        for (Span span : line.spans()) {
            if (span.isTag()) {
                visible.replace(span.start(), span.end(), " ".repeat(span.end() - span.start()));
            }
        }
        return visible.toString();
    }

    /** Tags that open before a sentence belong to it. */
    private static int beforeOpeningTags(MarkedText line, int start, int end) {
        int before = end;
        for (Span span : line.spans().reversed()) {
            if (span.kind() == Span.Kind.OPEN && span.end() == before && span.start() > start) {
                before = span.start();
            }
        }
        return before;
    }

    /** What opens a list's item is no part of its sentence. */
    private int listMark(MarkedText line) {
        Matcher mark = (ends.countsWithFullStop() ? LIST_MARK_WITHOUT_NUMBER : LIST_MARK).matcher(line.text());
        return mark.lookingAt()
                        && !line.splitsSpan(mark.end())
                        && line.spans().stream().noneMatch(span -> span.start() < mark.end())
                ? mark.end()
                : 0;
    }

    private static void addSentence(MarkedText stretch, Segments segments) {
        if (!stretch.hasWords()) {
            segments.verbatim(stretch.replaced());
            return;
        }
        int start = 0;
        int end = stretch.text().length();
        int before;
        do {
            before = end - start;
            while (isSpace(stretch.text().charAt(start))) {
                start++;
            }
            while (isSpace(stretch.text().charAt(end - 1))) {
                end--;
            }
            Trim trim = tagsAround(stretch.part(start, end));
            start += trim.front();
            end -= trim.back();
        } while (end - start < before);
        segments.verbatim(stretch.part(0, start).replaced());
        segments.sentence(stretch.part(start, end));
        segments.verbatim(stretch.part(end, stretch.text().length()).replaced());
    }

    /** How many characters of tags can be taken off without parting two that belong together. */
    private record Trim(int front, int back) {}

    private static Trim tagsAround(MarkedText sentence) {
        if (sentence.spans().isEmpty()) {
            return new Trim(0, 0);
        }
        Span first = sentence.spans().getFirst();
        Span last = sentence.spans().getLast();
        int length = sentence.text().length();
        boolean opens = first.kind() == Span.Kind.OPEN && first.start() == 0;
        boolean closes = last.kind() == Span.Kind.CLOSE && last.end() == length;
        int partner = opens ? sentence.partner(0) : -1;
        int lastIndex = sentence.spans().size() - 1;
        if (opens && closes && partner == lastIndex) {
            return new Trim(first.end(), length - last.start());
        }
        boolean front = opens && partner < 0 || first.kind() == Span.Kind.CLOSE && first.start() == 0;
        boolean back =
                closes && sentence.partner(lastIndex) < 0 || last.kind() == Span.Kind.OPEN && last.end() == length;
        return new Trim(front ? first.end() : 0, back && (!front || lastIndex > 0) ? length - last.start() : 0);
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

        void sentence(MarkedText text) {
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
