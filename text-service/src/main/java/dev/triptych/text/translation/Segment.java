package dev.triptych.text.translation;

import dev.triptych.text.translation.protection.MarkedText;

/** A stretch of a text. The segments of a text, joined, are the text. */
sealed interface Segment {

    String text();

    /** Copied as it is: white space, line breaks, and whatever has no letters. */
    record Verbatim(String text) implements Segment {}

    /** Translated; has letters outside its spans; neither begins nor ends with white space. */
    record Sentence(MarkedText marked) implements Segment {

        @Override
        public String text() {
            return marked.text();
        }
    }
}
