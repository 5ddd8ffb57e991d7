package dev.triptych.text.translation;

/** A stretch of a text. The segments of a text, joined, are the text. */
sealed interface Segment {

    String text();

    /** Copied as it is: white space, line breaks, and whatever has no letters. */
    record Verbatim(String text) implements Segment {}

    /** Translated; neither begins nor ends with white space. */
    record Sentence(String text) implements Segment {}
}
