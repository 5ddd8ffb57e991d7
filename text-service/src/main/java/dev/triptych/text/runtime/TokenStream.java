package dev.triptych.text.runtime;

/** Turns a stream of token ids into text piece by piece. Not thread-safe: one stream, one request. */
public interface TokenStream {

    /**
     * Adds a token.
     *
     * @return the text that is settled by it, possibly empty while a character is incomplete
     */
    String add(int tokenId);

    /** The rest of the text when no more tokens come. */
    String end();
}
