package dev.triptych.text.generation;

import java.util.OptionalInt;

/**
 * What a model accepts.
 *
 * @param vocabSize token ids run from 0 to this minus 1
 * @param maxPromptTokens the longest prompt
 * @param maxNewTokens the most tokens that one sequence may generate
 * @param maxTokens the most tokens of prompt and output together, where they share the model's positions
 * @param maxRows the most beams or samples of one request
 * @param parallel the decoders that it has beside the autoregressive one
 */
public record GenerationLimits(
        int vocabSize, int maxPromptTokens, int maxNewTokens, int maxTokens, int maxRows, ParallelDecoders parallel) {

    /** Drafts that mask-predict refines where a request does not say. */
    private static final int DRAFTS = 4;

    /** Of a model that only decodes token by token. */
    public GenerationLimits(int vocabSize, int maxPromptTokens, int maxNewTokens, int maxTokens, int maxRows) {
        this(vocabSize, maxPromptTokens, maxNewTokens, maxTokens, maxRows, ParallelDecoders.NONE);
    }

    /** Prompt and output are bounded each for itself. */
    public GenerationLimits(int vocabSize, int maxPromptTokens, int maxNewTokens) {
        this(vocabSize, maxPromptTokens, maxNewTokens, Integer.MAX_VALUE, Strategy.MAX_ROWS);
    }

    /** The same with so many rows. */
    public GenerationLimits withMaxRows(int rows) {
        return new GenerationLimits(vocabSize, maxPromptTokens, maxNewTokens, maxTokens, rows, parallel);
    }

    /** The same with those decoders. */
    public GenerationLimits with(ParallelDecoders decoders) {
        return new GenerationLimits(vocabSize, maxPromptTokens, maxNewTokens, maxTokens, maxRows, decoders);
    }

    /** Whether outputs continue their prompts, as those of a decoder-only model do. */
    public boolean continuesPrompts() {
        return maxTokens != Integer.MAX_VALUE;
    }

    /** The most tokens that one sequence may generate after a prompt of that length. */
    public int maxNewTokensAfter(int promptTokens) {
        return Math.min(maxNewTokens, maxTokens - promptTokens);
    }

    /** The same parameters with the model's numbers in the place of absent ones that bound a request's rows. */
    public GenerationParameters resolve(GenerationParameters parameters) {
        if (parallel.maskPredict().isEmpty()
                || !(parameters.strategy() instanceof Strategy.MaskPredict given)
                || given.lengthCandidates().isPresent()
                || given.candidates().isPresent()) {
            return parameters;
        }
        int drafts = Math.max(DRAFTS, given.numReturnSequences());
        boolean detailed = parameters.topLogProbs().orElse(0) > 0;
        if (parallel.scoring() && !detailed && 2 * drafts <= maxRows) {
            return parameters.withStrategy(new Strategy.MaskPredict(
                    given.iterations(), OptionalInt.empty(), given.numReturnSequences(), OptionalInt.of(drafts)));
        }
        int candidates = Math.min(maxRows, parallel.maskPredict().get().lengthCandidates());
        return parameters.withStrategy(new Strategy.MaskPredict(
                given.iterations(),
                OptionalInt.of(Math.max(candidates, given.numReturnSequences())),
                given.numReturnSequences()));
    }
}
