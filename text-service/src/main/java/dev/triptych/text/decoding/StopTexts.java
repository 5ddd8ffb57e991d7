package dev.triptych.text.decoding;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/**
 * Texts that end a sequence as soon as its text contains one. They may begin and end within tokens: what is looked at
 * is the text of the last tokens, enough of them that whole stop texts are among it. Immutable.
 */
public final class StopTexts {

    /** No text ends a sequence. */
    public static final StopTexts NONE = new StopTexts(List.of(), ids -> "");

    /** A character takes up to four byte tokens. */
    private static final int TOKENS_PER_CHAR = 4;

    /** Decoding may drop a space or mend a character at its beginning, which must not be the stop text's. */
    private static final int MARGIN = 8;

    private final List<String> texts;
    private final Function<List<Integer>, String> decoder;
    private final int window;

    /**
     * @param texts none empty
     * @param decoder the text of generated ids, special tokens left out
     */
    public StopTexts(List<String> texts, Function<List<Integer>, String> decoder) {
        this.texts = List.copyOf(texts);
        this.decoder = decoder;
        this.window = MARGIN
                + TOKENS_PER_CHAR
                        * texts.stream().mapToInt(String::length).max().orElse(0);
    }

    boolean completedBy(Sequence sequence, int tokenId) {
        if (texts.isEmpty()) {
            return false;
        }
        int from = Math.max(sequence.givenCount(), sequence.length() + 1 - window);
        List<Integer> tail = new ArrayList<>(window);
        for (int i = from; i < sequence.length(); i++) {
            tail.add(sequence.id(i));
        }
        tail.add(tokenId);
        return completed(tail);
    }

    boolean completedBy(Hypothesis hypothesis, int tokenId) {
        if (texts.isEmpty()) {
            return false;
        }
        List<Integer> tail = new ArrayList<>(window);
        tail.add(tokenId);
        for (Hypothesis node = hypothesis; tail.size() < window && node != Hypothesis.ROOT; node = node.parent()) {
            tail.add(node.tokenId());
        }
        Collections.reverse(tail);
        return completed(tail);
    }

    /** Earlier tokens completed none, or the sequence would have ended with them. */
    private boolean completed(List<Integer> tail) {
        String text = decoder.apply(tail);
        return texts.stream().anyMatch(text::contains);
    }
}
