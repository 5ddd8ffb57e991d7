package dev.triptych.text.tokenizer;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The Hugging Face tokenizers library over a {@code tokenizer.json}. */
public final class NativeTokenizer implements Tokenizer {

    /** The file may ask for truncation or padding; a service must see every token and pads on its own. */
    private static final Map<String, String> AS_IS = Map.of("truncation", "false", "padding", "false");

    private final HuggingFaceTokenizer library;
    private final TokenTable tokens;

    private NativeTokenizer(HuggingFaceTokenizer library, TokenTable tokens) {
        this.library = library;
        this.tokens = tokens;
    }

    /**
     * Loads a tokenizer.
     *
     * @throws UncheckedIOException if the file cannot be read
     * @throws IllegalArgumentException if it is not a tokenizer that the library knows
     */
    public static NativeTokenizer load(Path tokenizerJson, TokenTable tokens) {
        try {
            return new NativeTokenizer(HuggingFaceTokenizer.newInstance(tokenizerJson, AS_IS), tokens);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(tokenizerJson + " is not a usable tokenizer: " + e.getMessage(), e);
        }
    }

    @Override
    public TokenTable tokens() {
        return tokens;
    }

    @Override
    public List<Integer> encode(String text) {
        return ids(library.encode(text, true, false));
    }

    @Override
    public List<Integer> encodeBare(String text) {
        return ids(library.encode(text, false, false));
    }

    private static List<Integer> ids(Encoding encoding) {
        long[] ids = encoding.getIds();
        List<Integer> result = new ArrayList<>(ids.length);
        for (long id : ids) {
            result.add(Math.toIntExact(id));
        }
        return result;
    }

    @Override
    public String decode(List<Integer> tokenIds) {
        return library.decode(tokenIds.stream().mapToLong(Integer::longValue).toArray(), true);
    }

    @Override
    public String name(int tokenId) {
        return library.decode(new long[] {tokenId}, false);
    }

    @Override
    public void close() {
        library.close();
    }
}
