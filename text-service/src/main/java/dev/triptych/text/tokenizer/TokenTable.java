package dev.triptych.text.tokenizer;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a vocabulary says of each token.
 *
 * @param size one more than the highest id
 * @param special ids of control tokens, which {@link Tokenizer#decode} leaves out
 * @param bytes ids that stand for a single byte, such as {@code <0xC3>}: the text of a run of them is settled only by
 *     the token that follows it
 * @param spellings the bytes that each token stands for in a text, by id; none for control tokens, and none for any
 *     where the vocabulary does not say. Not to be changed
 */
public record TokenTable(int size, BitSet special, BitSet bytes, List<byte[]> spellings) {

    static final Pattern BYTE = Pattern.compile("<0x[0-9A-F]{2}>");

    public TokenTable {
        special = (BitSet) special.clone();
        bytes = (BitSet) bytes.clone();
        spellings = List.copyOf(spellings);
    }

    /**
     * A table from a vocabulary.
     *
     * @param idsByToken the vocabulary, added tokens included
     * @param specialTokens those that are control tokens
     * @param spelling how it writes bytes
     */
    public static TokenTable of(Map<String, Integer> idsByToken, Set<String> specialTokens, TokenSpelling spelling) {
        BitSet special = new BitSet();
        BitSet bytes = new BitSet();
        int size = 0;
        for (Map.Entry<String, Integer> entry : new HashMap<>(idsByToken).entrySet()) {
            int id = entry.getValue();
            size = Math.max(size, id + 1);
            if (specialTokens.contains(entry.getKey())) {
                special.set(id);
            } else if (BYTE.matcher(entry.getKey()).matches()) {
                bytes.set(id);
            }
        }
        List<byte[]> spellings = new ArrayList<>(Collections.nCopies(size, new byte[0]));
        idsByToken.forEach((token, id) -> {
            if (!special.get(id)) {
                spellings.set(id, spelling.bytes(token));
            }
        });
        return new TokenTable(size, special, bytes, spellings);
    }

    public boolean isSpecial(int tokenId) {
        return special.get(tokenId);
    }

    public boolean isByte(int tokenId) {
        return bytes.get(tokenId);
    }
}
