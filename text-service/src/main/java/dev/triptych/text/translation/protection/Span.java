package dev.triptych.text.translation.protection;

/**
 * A stretch of a text that is not translated.
 *
 * @param start its first character
 * @param end behind its last
 * @param kind what it is
 * @param replacement what stands in its place in the translation; its own text unless it is a {@link Kind#TERM}
 */
public record Span(int start, int end, Kind kind, String replacement) {

    /** How a span behaves in a sentence. */
    public enum Kind {
        /** Stands for a word and may move: {@code {name}}, an address, a path. The model can be shown it. */
        LITERAL,
        /** Takes its argument by position, so that its order among its like must stay: {@code %s}. */
        CONVERSION,
        /** Stands for a word that the model must not be shown, such as an element that is not translated. */
        ATOM,
        /** Opens an element around words. */
        OPEN,
        /** Closes the element that was opened last. */
        CLOSE,
        /** Has a wanted translation. */
        TERM
    }

    public Span {
        if (start < 0 || end <= start) {
            throw new IllegalArgumentException("a span has characters, got " + start + " to " + end);
        }
    }

    /** Whether it opens or closes an element. */
    public boolean isTag() {
        return kind == Kind.OPEN || kind == Kind.CLOSE;
    }

    /** The same seen from an origin further right. */
    public Span shifted(int by) {
        return new Span(start - by, end - by, kind, replacement);
    }
}
