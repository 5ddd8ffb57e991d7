package dev.triptych.text.tokenizer;

import java.util.ArrayList;
import java.util.List;

/**
 * Turns one stream of ids into text piece by piece, such that the pieces joined are what decoding all ids at once
 * gives.
 *
 * <p>Decoding is not a concatenation of tokens: the first piece of a sentence loses its space, bytes form characters.
 * So each piece is the difference between decoding the last settled tokens with and without the new ones:
 *
 * <pre>
 *   window:  | settled, as context | held back, new |
 *   text:    '----- settledText ---'----- piece ----'
 * </pre>
 *
 * <p>Held back are incomplete characters (the text ends in U+FFFD) and runs of byte tokens, which a later byte can turn
 * as a whole into replacement characters. Not thread-safe.
 */
public final class IncrementalDetokenizer {

    private static final char REPLACEMENT = '\uFFFD';

    private final Tokenizer tokenizer;
    private final List<Integer> window = new ArrayList<>();
    private int settledTokens;
    private String settledText = "";

    public IncrementalDetokenizer(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * Adds a token.
     *
     * @return the text that is settled by it, possibly empty
     */
    public String add(int tokenId) {
        TokenTable tokens = tokenizer.tokens();
        if (tokens.isSpecial(tokenId)) {
            return "";
        }
        window.add(tokenId);
        if (tokens.isByte(tokenId)) {
            return "";
        }
        String text = tokenizer.decode(window);
        if (text.length() <= settledText.length()
                || text.charAt(text.length() - 1) == REPLACEMENT
                || Character.isHighSurrogate(text.charAt(text.length() - 1))
                || !text.startsWith(settledText)) {
            return "";
        }
        String piece = text.substring(settledText.length());
        settle();
        return piece;
    }

    /** The rest of the text; the stream ends with it. */
    public String end() {
        if (window.size() == settledTokens) {
            return "";
        }
        String text = tokenizer.decode(window);
        String piece = text.substring(commonPrefix(text, settledText));
        settle();
        return piece;
    }

    private void settle() {
        window.subList(0, settledTokens).clear();
        settledTokens = window.size();
        settledText = tokenizer.decode(window);
    }

    private static int commonPrefix(String a, String b) {
        int length = Math.min(a.length(), b.length());
        int i = 0;
        while (i < length && a.charAt(i) == b.charAt(i)) {
            i++;
        }
        return i;
    }
}
