package dev.triptych.text.translation;

import dev.triptych.text.translation.protection.SentenceShape;

/**
 * The text of one sentence while it grows. White space at the sentence's edges belongs to the text around it, so leading
 * white space is dropped; trailing white space, dots and colons are held back until more follows or the shape has
 * decided about them. Not thread-safe.
 */
final class LiveText {

    private final SentenceShape shape;
    private final StringBuilder unread = new StringBuilder();
    private final StringBuilder held = new StringBuilder();
    private boolean begun;
    private int last;

    LiveText(SentenceShape shape) {
        this.shape = shape;
    }

    void append(String delta) {
        delta.codePoints().forEach(this::append);
    }

    private void append(int c) {
        if (SentenceShape.belongsToEnd(c)) {
            if (begun || !held.isEmpty() || !SentenceShape.isSpace(c)) {
                held.appendCodePoint(c);
            }
            return;
        }
        boolean first = !begun && held.isEmpty();
        unread.append(held).append(first ? shape.fitStart(Character.toString(c)) : Character.toString(c));
        held.setLength(0);
        begun = true;
        last = c;
    }

    /**
     * No more follows.
     *
     * @param complete whether the sentence came to its end
     */
    void end(boolean complete) {
        String rest = held.toString();
        if (!begun || !complete) {
            rest = rest.stripTrailing();
        } else {
            rest = shape.fitEnd(rest, last);
        }
        unread.append(rest);
        held.setLength(0);
    }

    /** The text is this and no more follows. */
    void whole(String text) {
        unread.append(text);
    }

    /** What settled since the last call. */
    String take() {
        String text = unread.toString();
        unread.setLength(0);
        return text;
    }
}
