package dev.triptych.text.scheduler;

import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.generation.Strategy;
import java.util.List;
import java.util.OptionalInt;

/** What the scheduler knows of a request. Immutable; compared by identity. */
public final class RequestState {

    private final long sequence;
    private final GenerationRequest request;
    private final long arrivalNanos;

    /**
     * @param sequence the loop's number, ascending in order of arrival
     * @param arrivalNanos when it was submitted
     */
    public RequestState(long sequence, GenerationRequest request, long arrivalNanos) {
        this.sequence = sequence;
        this.request = request;
        this.arrivalNanos = arrivalNanos;
    }

    public long sequence() {
        return sequence;
    }

    public long arrivalNanos() {
        return arrivalNanos;
    }

    public List<Integer> promptIds() {
        return request.promptIds();
    }

    public int promptLength() {
        return request.promptIds().size();
    }

    public int maxNewTokens() {
        return request.parameters().maxNewTokens();
    }

    public Priority priority() {
        return request.priority();
    }

    /** Whether drafts of its output are verified. */
    public boolean drafted() {
        return request.parameters().strategy().drafted();
    }

    /** Whether a non-autoregressive decoder computes it. */
    public boolean parallel() {
        return request.parameters().strategy().parallel();
    }

    /** Whether its outputs' lengths are predicted before anything else. */
    public boolean measured() {
        return request.parameters().strategy() instanceof Strategy.MaskPredict refinement
                && refinement.candidates().isEmpty();
    }

    /** Whether it is computed in several passes. */
    public boolean refined() {
        return request.parameters().strategy() instanceof Strategy.MaskPredict
                || request.parameters().strategy() instanceof Strategy.Ctc ctc && ctc.scored();
    }

    /** Whether more is wanted of each frame than its likeliest token. */
    boolean wantsFrames() {
        return wantsLogits()
                || switch (request.parameters().strategy()) {
                    case Strategy.Ctc ctc -> ctc.width() > 1;
                    case Strategy.MaskPredict ignored -> true;
                    default -> false;
                };
    }

    /** Whether more is wanted of each place than its likeliest token. */
    public boolean wantsLogits() {
        return request.parameters().topLogProbs().orElse(0) > 0;
    }

    /** The likeliest tokens that are wanted in the place of each of the prompt's; empty: the prompt is not to be scored. */
    OptionalInt promptScores() {
        return request.parameters().promptLogProbs() ? request.parameters().topLogProbs() : OptionalInt.empty();
    }

    /** The most rows that it has at once. */
    public int maxRows() {
        return request.parameters().strategy().rows();
    }
}
