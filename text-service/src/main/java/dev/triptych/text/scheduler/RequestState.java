package dev.triptych.text.scheduler;

import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Priority;
import java.util.List;

/** What the scheduler knows of a request. Owned by the engine loop, which records each token at commit. */
public final class RequestState {

    private final long sequence;
    private final GenerationRequest request;
    private final long arrivalNanos;
    private int lastToken = -1;

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

    /** The last token generated; -1 before the first. */
    public int lastToken() {
        return lastToken;
    }

    /** Records a token at commit. */
    public void generated(int tokenId) {
        lastToken = tokenId;
    }
}
