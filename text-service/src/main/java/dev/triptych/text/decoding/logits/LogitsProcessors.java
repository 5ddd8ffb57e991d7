package dev.triptych.text.decoding.logits;

import dev.triptych.text.decoding.SearchContext;
import dev.triptych.text.generation.GenerationRules;
import dev.triptych.text.generation.TokenAutomaton;
import dev.triptych.text.generation.TokenRules;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The chain of rules that a model's settings and a request ask for, in Hugging Face's order; a request's settings go
 * before the model's. Immutable.
 */
public final class LogitsProcessors {

    private final List<LogitsProcessor> chain;

    private LogitsProcessors(List<LogitsProcessor> chain) {
        this.chain = List.copyOf(chain);
    }

    /** The chain for a model's rules alone. */
    public static LogitsProcessors of(GenerationRules rules) {
        return of(rules, TokenRules.NONE);
    }

    /** The chain for a request. */
    public static LogitsProcessors of(GenerationRules model, TokenRules request) {
        return of(model, request, 0);
    }

    /** The chain for a request whose groups of beams are to differ. */
    public static LogitsProcessors of(GenerationRules model, TokenRules request, double diversityPenalty) {
        List<LogitsProcessor> chain = new ArrayList<>();
        if (!request.logitBias().isEmpty()) {
            chain.add(new LogitBias(request.logitBias()));
        }
        addUnless(diversityPenalty == 0, new GroupDiversity((float) diversityPenalty), chain);
        double repetition = request.repetitionPenalty().orElse(model.defaults().repetitionPenalty());
        addUnless(repetition == 1, new RepetitionPenalty((float) repetition), chain);
        if (request.presencePenalty() != 0 || request.frequencyPenalty() != 0) {
            chain.add(new OccurrencePenalty((float) request.presencePenalty(), (float) request.frequencyPenalty()));
        }
        int ngram = request.noRepeatNgramSize().orElse(model.defaults().noRepeatNgramSize());
        addUnless(ngram == 0, new NoRepeatNgrams(ngram), chain);
        addBadWords(model, request, chain);
        addLeastLength(model, request, chain);
        OptionalInt forcedBos = either(request.forcedBosTokenId(), model.forcedBosTokenId());
        forcedBos.ifPresent(id -> chain.add(new ForcedToken(id, ForcedToken.End.FIRST)));
        either(request.forcedEosTokenId(), model.forcedEosTokenId())
                .ifPresent(id -> chain.add(new ForcedToken(id, ForcedToken.End.LAST)));
        addSuppressed(request.suppressTokens().orElse(model.suppressTokens()), false, false, chain);
        addSuppressed(
                request.beginSuppressTokens().orElse(model.beginSuppressTokens()), true, forcedBos.isPresent(), chain);
        return new LogitsProcessors(chain);
    }

    /** The same and, behind all rules, a language that the output must belong to. */
    public LogitsProcessors within(TokenAutomaton automaton) {
        List<LogitsProcessor> longer = new ArrayList<>(chain);
        longer.add(new AllowedTokens(automaton));
        return new LogitsProcessors(longer);
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

    /** Whether there is no rule at all. */
    public boolean isEmpty() {
        return chain.isEmpty();
    }

    /** Applies every rule in turn, in place. */
    public void apply(SearchContext context) {
        for (LogitsProcessor processor : chain) {
            processor.apply(context);
        }
    }

    /** A word that only ends the sequence would leave it without an end, so Hugging Face passes it over. */
    private static void addBadWords(GenerationRules model, TokenRules request, List<LogitsProcessor> chain) {
        List<List<Integer>> words = request.badWordsIds().orElse(model.badWordsIds()).stream()
                .filter(word -> word.size() > 1 || !model.eosTokenIds().contains(word.getFirst()))
                .toList();
        addUnless(words.isEmpty(), new BadWords(words), chain);
    }

    /** Where both are set, the number of new tokens decides. */
    private static void addLeastLength(GenerationRules model, TokenRules request, List<LogitsProcessor> chain) {
        int minNewTokens = request.minNewTokens().orElse(model.defaults().minNewTokens());
        int minLength = request.minLength().orElse(model.defaults().minLength());
        if (request.minNewTokens().isPresent() || minNewTokens > 0) {
            addUnless(minNewTokens == 0, new MinLength(minNewTokens, false, model.eosTokenIds()), chain);
        } else {
            addUnless(minLength == 0, new MinLength(minLength, true, model.eosTokenIds()), chain);
        }
    }

    private static void addSuppressed(
            List<Integer> tokens, boolean firstOnly, boolean forcedStart, List<LogitsProcessor> chain) {
        addUnless(tokens.isEmpty(), new SuppressedTokens(tokens, firstOnly, forcedStart), chain);
    }

    private static OptionalInt either(OptionalInt first, OptionalInt second) {
        return first.isPresent() ? first : second;
    }

    private static void addUnless(boolean neutral, LogitsProcessor processor, List<LogitsProcessor> chain) {
        if (!neutral) {
            chain.add(processor);
        }
    }
}
