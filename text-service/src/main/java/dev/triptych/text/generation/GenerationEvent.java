package dev.triptych.text.generation;

import java.util.List;

/** What a sink hears of its request: the prompt's scores where they were asked for, any number of tokens, then exactly one terminal event. */
public sealed interface GenerationEvent {

    /**
     * A token that can no longer change.
     *
     * @param sequence which of the answer's sequences it belongs to, from 0
     * @param tokenId the token; the end-of-sequence token is reported too
     * @param logProb natural logarithm of its probability under the model
     * @param topLogProbs the likeliest tokens in its place; empty where they were not asked for
     */
    record TokenGenerated(int sequence, int tokenId, double logProb, List<TokenScore> topLogProbs)
            implements GenerationEvent {

        /** A token of the only sequence. */
        public TokenGenerated(int tokenId, double logProb) {
            this(0, tokenId, logProb, List.of());
        }
    }

    /**
     * What the prompt's tokens scored; comes first, where it was asked for.
     *
     * @param tokens all but the prompt's first
     */
    record PromptScored(List<PromptToken> tokens) implements GenerationEvent {

        public PromptScored {
            tokens = List.copyOf(tokens);
        }
    }

    /**
     * A whole output as it is now; the next replaces it.
     *
     * @param iteration the pass that it comes from, from 1
     * @param tokenIds the best output so far
     */
    record Refined(int iteration, List<Integer> tokenIds) implements GenerationEvent {

        public Refined {
            tokenIds = List.copyOf(tokenIds);
        }
    }

    /** The last event of every request. */
    record Finished(GenerationResult result) implements GenerationEvent {}

    /**
     * All that was generated.
     *
     * @param reason why the request ended; the best sequence's where it ran to its end
     * @param sequences what was generated, best first; never empty
     * @param timing where the time went
     * @param message for {@link FinishReason#ERROR} what failed, else empty
     * @param prompt what the prompt's tokens but the first scored; empty where that was not asked for
     */
    record GenerationResult(
            FinishReason reason,
            List<GeneratedSequence> sequences,
            GenerationTiming timing,
            String message,
            List<PromptToken> prompt) {

        /** Of a prompt that was not scored. */
        public GenerationResult(
                FinishReason reason, List<GeneratedSequence> sequences, GenerationTiming timing, String message) {
            this(reason, sequences, timing, message, List.of());
        }

        public GenerationResult {
            sequences = List.copyOf(sequences);
            prompt = List.copyOf(prompt);
            if (sequences.isEmpty()) {
                throw new IllegalArgumentException("a result needs a sequence, even if it is empty");
            }
        }

        /** The result of a single sequence without log-probs. */
        public GenerationResult(
                FinishReason reason, List<Integer> tokenIds, double score, GenerationTiming timing, String message) {
            this(
                    reason,
                    List.of(new GeneratedSequence(reason, tokenIds, score, List.of(), List.of())),
                    timing,
                    message);
        }

        /** Tokens of the best sequence. */
        public List<Integer> tokenIds() {
            return sequences.getFirst().tokenIds();
        }

        /** Score of the best sequence. */
        public double score() {
            return sequences.getFirst().score();
        }
    }

    /**
     * Where a request's time went.
     *
     * @param queueNanos from submission to admission
     * @param encodeNanos the prompt's pass
     * @param decodeNanos all token passes, shared with the rows of the same batch
     * @param steps decoder passes
     * @param drafted tokens of a draft that passes verified
     * @param accepted those of them that the model confirmed
     */
    record GenerationTiming(long queueNanos, long encodeNanos, long decodeNanos, int steps, int drafted, int accepted) {

        public static final GenerationTiming NONE = new GenerationTiming(0, 0, 0, 0);

        /** Of a request without a draft. */
        public GenerationTiming(long queueNanos, long encodeNanos, long decodeNanos, int steps) {
            this(queueNanos, encodeNanos, decodeNanos, steps, 0, 0);
        }
    }
}
