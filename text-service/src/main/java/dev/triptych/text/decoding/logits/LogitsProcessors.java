package dev.triptych.text.decoding.logits;

import dev.triptych.text.decoding.SearchContext;
import dev.triptych.text.generation.GenerationRules;
import java.util.ArrayList;
import java.util.List;

/** The chain of rules that a model's settings ask for, in Hugging Face's order. Immutable. */
public final class LogitsProcessors {

    private final List<LogitsProcessor> chain;

    private LogitsProcessors(List<LogitsProcessor> chain) {
        this.chain = List.copyOf(chain);
    }

    /** The chain for a model's rules. */
    public static LogitsProcessors of(GenerationRules rules) {
        List<LogitsProcessor> chain = new ArrayList<>();
        if (!rules.badWordsIds().isEmpty()) {
            chain.add(new BadWords(rules.badWordsIds()));
        }
        rules.forcedBosTokenId().ifPresent(id -> chain.add(new ForcedToken(id, ForcedToken.End.FIRST)));
        rules.forcedEosTokenId().ifPresent(id -> chain.add(new ForcedToken(id, ForcedToken.End.LAST)));
        if (!rules.suppressTokens().isEmpty()) {
            chain.add(new SuppressedTokens(rules.suppressTokens(), false, false));
        }
        if (!rules.beginSuppressTokens().isEmpty()) {
            boolean forcedStart = rules.forcedBosTokenId().isPresent();
            chain.add(new SuppressedTokens(rules.beginSuppressTokens(), true, forcedStart));
        }
        return new LogitsProcessors(chain);
    }

    /** Whether {@link #apply} would change the row. */
    public boolean changes(SearchContext context) {
        for (LogitsProcessor processor : chain) {
            if (processor.changes(context)) {
                return true;
            }
        }
        return false;
    }

    /** Applies every rule in turn, in place. */
    public void apply(SearchContext context) {
        for (LogitsProcessor processor : chain) {
            processor.apply(context);
        }
    }
}
