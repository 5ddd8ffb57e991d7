package dev.triptych.text.tokenizer;

import java.util.ArrayList;
import java.util.List;

/**
 * Decodes ids as what they are behind other text, not as a text of their own: some vocabularies drop the space before
 * the first word of a text, which a continuation must keep. Decodes behind a word, and takes that word off again.
 */
public final class ContinuingTokenizer implements Tokenizer {

    private static final String WORD = "a";

    private final Tokenizer tokenizer;
    private final List<Integer> anchor;
    private final String anchorText;

    /** @param tokenizer closed with this one */
    public ContinuingTokenizer(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.anchor = tokenizer.encode(WORD).stream()
                .filter(id -> !tokenizer.tokens().isSpecial(id))
                .toList();
        this.anchorText = tokenizer.decode(anchor);
    }

    @Override
    public TokenTable tokens() {
        return tokenizer.tokens();
    }

    @Override
    public List<Integer> encode(String text) {
        return tokenizer.encode(text);
    }

    @Override
    public List<Integer> encodeBare(String text) {
        return tokenizer.encodeBare(text);
    }

    @Override
    public String decode(List<Integer> tokenIds) {
        List<Integer> behind = new ArrayList<>(anchor.size() + tokenIds.size());
        behind.addAll(anchor);
        behind.addAll(tokenIds);
        String text = tokenizer.decode(behind);
        return text.startsWith(anchorText) ? text.substring(anchorText.length()) : tokenizer.decode(tokenIds);
    }

    @Override
    public String name(int tokenId) {
        return tokenizer.name(tokenId);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
