package dev.triptych.text.generation;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How to generate.
 *
 * @param strategy how tokens are chosen
 * @param maxNewTokens bound on generated tokens, the end-of-sequence token included; at least 1
 * @param rules what is asked of the logits before that
 * @param stop texts that end a sequence where they appear in what was generated; at most {@value #MAX_STOPS}
 * @param topLogProbs report the log-prob of every token and of so many of the likeliest in its place, from 0 to
 *     {@value #MAX_TOP_LOG_PROBS}; empty: report none
 * @param constraint the outputs that are allowed; empty: all
 * @param promptLogProbs report the same of the prompt's tokens too, where the output continues the prompt
 */
public record GenerationParameters(
        Strategy strategy,
        int maxNewTokens,
        TokenRules rules,
        List<String> stop,
        OptionalInt topLogProbs,
        Optional<TokenAutomaton> constraint,
        boolean promptLogProbs) {

    public static final int MAX_STOPS = 4;
    public static final int MAX_STOP_CHARS = 256;
    public static final int MAX_TOP_LOG_PROBS = 5;

    public GenerationParameters {
        if (maxNewTokens < 1) {
            throw new ParameterException("max_tokens", "maxNewTokens must be at least 1, got " + maxNewTokens);
        }
        stop = List.copyOf(stop);
        Bounds.within("stop", stop.size(), 0, MAX_STOPS);
        for (String text : stop) {
            if (text.isEmpty() || text.length() > MAX_STOP_CHARS) {
                throw new ParameterException(
                        "stop", "stop must have texts of 1 to " + MAX_STOP_CHARS + " characters, got " + text.length());
            }
        }
        topLogProbs.ifPresent(count -> Bounds.within("logprobs", count, 0, MAX_TOP_LOG_PROBS));
    }

    /** Of any form. */
    public GenerationParameters(
            Strategy strategy, int maxNewTokens, TokenRules rules, List<String> stop, OptionalInt topLogProbs) {
        this(strategy, maxNewTokens, rules, stop, topLogProbs, Optional.empty(), false);
    }

    /** Without rules, stop texts or log-probs. */
    public GenerationParameters(Strategy strategy, int maxNewTokens) {
        this(strategy, maxNewTokens, TokenRules.NONE, List.of(), OptionalInt.empty());
    }

    /** The same with another bound. */
    public GenerationParameters withMaxNewTokens(int bound) {
        return new GenerationParameters(strategy, bound, rules, stop, topLogProbs, constraint, promptLogProbs);
    }

    /** The same with another strategy. */
    public GenerationParameters withStrategy(Strategy other) {
        return new GenerationParameters(other, maxNewTokens, rules, stop, topLogProbs, constraint, promptLogProbs);
    }

    /** The same within a language of outputs. */
    public GenerationParameters within(TokenAutomaton automaton) {
        return new GenerationParameters(
                strategy, maxNewTokens, rules, stop, topLogProbs, Optional.of(automaton), promptLogProbs);
    }

    /** The same with the prompt's log-probs. */
    public GenerationParameters withPromptLogProbs() {
        return new GenerationParameters(strategy, maxNewTokens, rules, stop, topLogProbs, constraint, true);
    }

    /** The same with other rules. */
    public GenerationParameters withRules(TokenRules other) {
        return new GenerationParameters(strategy, maxNewTokens, other, stop, topLogProbs);
    }

    /** Greedy decoding of up to {@code maxNewTokens} tokens. */
    public static GenerationParameters greedy(int maxNewTokens) {
        return new GenerationParameters(new Strategy.Greedy(), maxNewTokens);
    }
}
