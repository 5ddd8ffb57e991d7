package dev.triptych.text.translation.markup;

/**
 * A part of an HTML source that belongs to running text.
 *
 * @param start its first character
 * @param end behind its last
 * @param kind what it is
 * @param text decoded if it is words, else the source's own characters
 */
record HtmlToken(int start, int end, Kind kind, String text) {

    enum Kind {
        TEXT,
        OPEN,
        CLOSE,
        /** An element within a sentence that is not translated. */
        ATOM
    }
}
