package dev.triptych.text.translation.protection;

import java.util.ArrayList;
import java.util.List;

/**
 * A text and what of it is not translated.
 *
 * @param text as the client sent it
 * @param spans in order, not overlapping, within the text
 */
public record MarkedText(String text, List<Span> spans) {

    public MarkedText {
        spans = List.copyOf(spans);
        int end = 0;
        for (Span span : spans) {
            if (span.start() < end || span.end() > text.length()) {
                throw new IllegalArgumentException("spans must be in order within the text, got " + spans);
            }
            end = span.end();
        }
    }

    /** A text of which all is translated. */
    public static MarkedText plain(String text) {
        return new MarkedText(text, List.of());
    }

    /** A text with whatever {@link PlaceholderScanner} finds in it. */
    public static MarkedText of(String text) {
        return new MarkedText(text, PlaceholderScanner.find(text));
    }

    /** The part from {@code start} to {@code end}, neither within a span. */
    public MarkedText part(int start, int end) {
        List<Span> within = new ArrayList<>();
        for (int i = firstEndingBehind(start); i < spans.size() && spans.get(i).start() < end; i++) {
            Span span = spans.get(i);
            if (span.start() < start || span.end() > end) {
                throw new IllegalArgumentException("cut through " + span);
            }
            within.add(span.shifted(start));
        }
        return new MarkedText(text.substring(start, end), within);
    }

    /** Whether a cut before the character at {@code index} would go through a span. */
    public boolean splitsSpan(int index) {
        int candidate = firstEndingBehind(index);
        return candidate < spans.size() && spans.get(candidate).start() < index;
    }

    boolean overlapsSpan(int start, int end) {
        int candidate = firstEndingBehind(start);
        return candidate < spans.size() && spans.get(candidate).start() < end;
    }

    private int firstEndingBehind(int index) {
        int low = 0;
        int high = spans.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (spans.get(middle).end() > index) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** The index of the span that closes or opens what this one opens or closes; -1 if it is not in this text. */
    public int partner(int index) {
        return TagOrder.partners(spans)[index];
    }

    /** Whether every tag's partner is in this text. */
    public boolean opensWhatItCloses() {
        int[] partners = TagOrder.partners(spans);
        for (int i = 0; i < partners.length; i++) {
            if (spans.get(i).isTag() && partners[i] < 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether there is a letter outside the spans. */
    public boolean hasWords() {
        return outside().codePoints().anyMatch(Character::isLetter);
    }

    /** What lies outside the spans, with a space in each one's place. */
    public String outside() {
        StringBuilder outside = new StringBuilder();
        int from = 0;
        for (Span span : spans) {
            outside.append(text, from, span.start()).append(' ');
            from = span.end();
        }
        return outside.append(text, from, text.length()).toString();
    }

    /** The text with each span's replacement in its place. */
    public String replaced() {
        StringBuilder replaced = new StringBuilder();
        int from = 0;
        for (Span span : spans) {
            replaced.append(text, from, span.start()).append(span.replacement());
            from = span.end();
        }
        return replaced.append(text, from, text.length()).toString();
    }
}
