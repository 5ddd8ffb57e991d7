package dev.triptych.text.generation;

/**
 * How to generate.
 *
 * @param strategy how the next token is chosen
 * @param maxNewTokens bound on generated tokens, the end-of-sequence token included; at least 1
 */
public record GenerationParameters(Strategy strategy, int maxNewTokens) {

    public GenerationParameters {
        if (maxNewTokens < 1) {
            throw new IllegalArgumentException("maxNewTokens must be at least 1, got " + maxNewTokens);
        }
    }

    /** Greedy decoding of up to {@code maxNewTokens} tokens. */
    public static GenerationParameters greedy(int maxNewTokens) {
        return new GenerationParameters(new Strategy.Greedy(), maxNewTokens);
    }
}
