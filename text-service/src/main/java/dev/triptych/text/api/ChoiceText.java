package dev.triptych.text.api;

import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.PromptToken;
import dev.triptych.text.generation.TokenScore;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.text.runtime.TokenStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One choice while its tokens come: its text up to a stop text, and what is told of its tokens. Not thread-safe. */
final class ChoiceText {

    private final TextGenerator generator;
    private final TokenStream stream;
    private final StopFilter filter;
    private final boolean withLogprobs;
    private final boolean withTop;
    private List<Integer> ids = new ArrayList<>();
    private CompletionReply.Logprobs logprobs = CompletionReply.Logprobs.none();
    private int tokens;
    private int offset;

    ChoiceText(TextGenerator generator, GenerationParameters parameters) {
        this.generator = generator;
        this.stream = generator.tokenStream();
        this.filter = new StopFilter(parameters.stop());
        this.withLogprobs = parameters.topLogProbs().isPresent();
        this.withTop = parameters.topLogProbs().orElse(0) > 0;
    }

    /**
     * Takes the prompt's tokens, which come before all others.
     *
     * @param text the whole of it
     * @param first the token that nothing comes before
     * @param scored the tokens behind it
     */
    void prompt(String text, int first, List<PromptToken> scored) {
        tell(stream.add(first), null, null);
        for (PromptToken token : scored) {
            tell(stream.add(token.tokenId()), token.logProb(), withTop ? named(token.topLogProbs()) : null);
        }
        offset = text.length();
    }

    /** Takes the next token and gives the text that is settled by it, possibly none. */
    String add(int tokenId, double logProb, List<TokenScore> top) {
        String piece = stream.add(tokenId);
        ids.add(tokenId);
        tokens++;
        if (withLogprobs) {
            tell(piece, logProb, withTop ? named(top) : null);
        } else {
            offset += piece.length();
        }
        return filter.add(piece);
    }

    private void tell(String piece, @Nullable Double logProb, @Nullable Map<String, Double> top) {
        logprobs.tokens().add(piece);
        logprobs.tokenLogprobs().add(logProb);
        logprobs.topLogprobs().add(top);
        logprobs.textOffset().add(offset);
        offset += piece.length();
    }

    /** The rest of the text. */
    String end() {
        return filter.add(stream.end()) + filter.end();
    }

    /** Tokens taken so far. */
    int tokens() {
        return tokens;
    }

    /** The ids taken since this was last asked. */
    List<Integer> takeIds() {
        List<Integer> taken = ids;
        ids = new ArrayList<>();
        return taken;
    }

    /** What was taken of log-probs since this was last asked; null where they were not asked for. */
    CompletionReply.@Nullable Logprobs takeLogprobs() {
        CompletionReply.Logprobs taken = logprobs;
        logprobs = CompletionReply.Logprobs.none();
        return withLogprobs ? taken : null;
    }

    /** OpenAI names tokens by their text; what has none of its own is named by its id. */
    private Map<String, Double> named(List<TokenScore> top) {
        Map<String, Double> named = new LinkedHashMap<>();
        for (TokenScore score : top) {
            String text = generator.decode(List.of(score.tokenId()));
            boolean unfit = text.isEmpty() || text.indexOf('\uFFFD') >= 0 || named.containsKey(text);
            named.put(unfit ? "token_id:" + score.tokenId() : text, score.logProb());
        }
        return named;
    }
}
