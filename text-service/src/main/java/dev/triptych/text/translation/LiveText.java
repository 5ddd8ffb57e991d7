package dev.triptych.text.translation;

/**
 * The text of one sentence while it grows. White space at the sentence's edges belongs to the text around it, so leading
 * white space is dropped and trailing white space held back until more follows. Not thread-safe.
 */
final class LiveText {

    private final StringBuilder unread = new StringBuilder();
    private final StringBuilder held = new StringBuilder();
    private boolean begun;

    void append(String delta) {
        for (int i = 0; i < delta.length(); i++) {
            char c = delta.charAt(i);
            if (!SentenceSplitter.isSpace(c)) {
                unread.append(held).append(c);
                held.setLength(0);
                begun = true;
            } else if (begun) {
                held.append(c);
            }
        }
    }

    /** What settled since the last call. */
    String take() {
        String text = unread.toString();
        unread.setLength(0);
        return text;
    }
}
