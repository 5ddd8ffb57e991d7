package dev.triptych.text.translation;

import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.runtime.TokenStream;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One sentence on its way through the engine. Owned by its run's serial executor. */
final class SentenceWork implements TextAssembly.Part {

    private final String source;
    private final LiveText text = new LiveText();
    private final StringBuilder taken = new StringBuilder();
    private List<String> alternatives = List.of();
    private @Nullable List<Integer> promptIds;
    private @Nullable TokenStream stream;
    private @Nullable GenerationResult result;

    SentenceWork(String source) {
        this.source = source;
    }

    String source() {
        return source;
    }

    /** The encoded source, kept so that a rejected submission is not encoded again. */
    @Nullable
    List<Integer> promptIds() {
        return promptIds;
    }

    void encoded(List<Integer> ids) {
        promptIds = ids;
    }

    /** Adds a token's text; the first token opens the stream. */
    void token(int tokenId, Supplier<TokenStream> streams) {
        TokenStream current = stream;
        if (current == null) {
            current = streams.get();
            stream = current;
        }
        text.append(current.add(tokenId));
    }

    boolean streams() {
        return stream != null;
    }

    /** Ends a sentence whose tokens were heard one by one. */
    void finishStream(GenerationResult end) {
        TokenStream current = stream;
        if (current != null) {
            text.append(current.end());
        }
        result = end;
    }

    /** Ends a sentence whose text comes as a whole. */
    void finish(GenerationResult end, String whole) {
        text.append(whole);
        result = end;
    }

    /** Takes the texts of the sequences behind the best. */
    void alternatives(List<String> texts) {
        alternatives = texts.stream()
                .map(other -> {
                    LiveText trimmed = new LiveText();
                    trimmed.append(other);
                    return trimmed.take();
                })
                .toList();
    }

    /** How many sequences there are behind the best. */
    @Override
    public int alternatives() {
        return alternatives.size();
    }

    /** The text of a sequence behind the best; the best's where there are not so many. */
    @Override
    public String alternative(int index) {
        return index < alternatives.size() ? alternatives.get(index) : taken.toString();
    }

    GenerationResult result() {
        return Objects.requireNonNull(result, "the sentence has not ended");
    }

    int promptTokens() {
        return promptIds == null ? 0 : promptIds.size();
    }

    @Override
    public String takeText() {
        String settled = text.take();
        taken.append(settled);
        return settled;
    }

    @Override
    public boolean settled() {
        return result != null;
    }
}
