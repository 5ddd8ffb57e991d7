package dev.triptych.text.tokenizer;

import java.util.List;

/** A model's tokenizer. Safe from any thread. */
public interface Tokenizer extends AutoCloseable {

    /** What is known of single tokens. */
    TokenTable tokens();

    /** The ids of a text with the special tokens of the model's template; neither truncated nor padded. */
    List<Integer> encode(String text);

    /** The ids of a text as it is: only the special tokens that are written in it. */
    List<Integer> encodeBare(String text);

    /** The text of ids, special tokens left out. Ids beyond the vocabulary give nothing. */
    String decode(List<Integer> tokenIds);

    /** What one token is called: its text, or a control token's name. */
    String name(int tokenId);

    /** Frees the native tokenizer; idempotent. */
    @Override
    void close();
}
