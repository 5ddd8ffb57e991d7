package dev.triptych.text.runtime;

import dev.triptych.text.decoding.search.PassSearch;
import dev.triptych.text.decoding.search.Search;
import dev.triptych.text.decoding.search.Token;
import dev.triptych.text.decoding.speculative.Draft;
import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GeneratedSequence;
import dev.triptych.text.generation.GenerationEvent;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.generation.GenerationEvent.GenerationTiming;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.PromptToken;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.scheduler.RequestState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A request in flight with its search and its way out. The engine's thread owns all of it, except for the step count,
 * which a cancelling thread reads to tell how long the row outlives its cancel.
 */
final class ActiveRequest {

    /** Not cancelled yet. */
    private static final int NEVER = -1;

    private final GenerationRequest request;
    private final EventSink sink;
    private final RequestState state;
    private final Search search;
    private final int[] told;
    private final long deadlineNanos;
    private final RequestTrace trace;
    private final AtomicInteger steps = new AtomicInteger();
    private final AtomicInteger cancelledAtStep = new AtomicInteger(NEVER);

    private @Nullable Draft draft;
    private List<PromptToken> prompt = List.of();
    private boolean sinkClosed;
    private long queueNanos;
    private long encodeNanos;
    private long decodeNanos;
    private long lastTokenNanos;
    private boolean toldAny;
    private boolean started;

    ActiveRequest(
            GenerationRequest request,
            EventSink sink,
            RequestState state,
            Search search,
            long deadlineNanos,
            RequestTrace trace) {
        this.request = request;
        this.sink = sink;
        this.state = state;
        this.search = search;
        this.told = new int[search.outputs()];
        this.deadlineNanos = deadlineNanos;
        this.trace = trace;
    }

    String id() {
        return request.id();
    }

    GenerationRequest request() {
        return request;
    }

    RequestState state() {
        return state;
    }

    Search search() {
        return search;
    }

    RequestTrace trace() {
        return trace;
    }

    /** Records that the client no longer wants it; the first call counts. From any thread. */
    boolean markCancelled() {
        return cancelledAtStep.compareAndSet(NEVER, steps.get());
    }

    boolean cancelled() {
        return cancelledAtStep.get() != NEVER;
    }

    int stepsAfterCancel() {
        return steps.get() - cancelledAtStep.get();
    }

    /** Counts it out, whether it ran or still waited. */
    void leave(AdmissionGate gate) {
        if (started) {
            gate.ended(AdmissionGate.Entry.of(request));
        } else {
            gate.left(AdmissionGate.Entry.of(request));
        }
    }

    boolean expired(long nowNanos) {
        return request.deadline().isPresent() && nowNanos - deadlineNanos >= 0;
    }

    /** Records that the prompt was encoded. */
    void admitted(AdmissionGate gate, long nowNanos, long encodeNanos) {
        gate.started(AdmissionGate.Entry.of(request));
        this.started = true;
        this.queueNanos = nowNanos - state.arrivalNanos();
        this.encodeNanos = encodeNanos;
    }

    /**
     * Sends tokens that can no longer change and were not sent before.
     *
     * @param heard called before each, with the nanoseconds since the request's last one, or since its submission
     */
    void tellSettled(long nowNanos, Heard heard) {
        for (int output = 0; output < told.length; output++) {
            int settled = search.settled(output);
            for (int index = told[output]; index < settled; index++) {
                heard.token(toldAny, nowNanos - (toldAny ? lastTokenNanos : state.arrivalNanos()));
                toldAny = true;
                lastTokenNanos = nowNanos;
                Token token = search.token(output, index);
                if (!offer(new GenerationEvent.TokenGenerated(output, token.tokenId(), token.logProb(), token.top()))) {
                    markCancelled();
                }
            }
            told[output] = settled;
        }
    }

    /** Sends the best output so far where a pass has refined it. */
    void tellRefinement() {
        if (search instanceof PassSearch refinement && refinement.iteration() > 0) {
            boolean heard = offer(new GenerationEvent.Refined(refinement.iteration(), refinement.refined()));
            if (!heard) {
                markCancelled();
            }
        }
    }

    /** Sends what the prompt's tokens scored, where that was asked for. */
    void tellPrompt(List<PromptToken> scored) {
        if (request.parameters().promptLogProbs()) {
            prompt = scored;
            if (!offer(new GenerationEvent.PromptScored(scored))) {
                markCancelled();
            }
        }
    }

    /** Hears of tokens. */
    interface Heard {

        /** @param further whether it is not the request's first */
        void token(boolean further, long sinceNanos);
    }

    /**
     * Takes the draft of its output.
     *
     * @param rows that shared the pass which looked at its opening
     */
    void take(Draft drafted, int rows) {
        draft = drafted;
        drafted.ahead(Strategy.Speculative.WINDOW, rows);
    }

    /** Lets its draft, where it has one, follow what was committed. */
    void followDraft(int verified, int kept) {
        if (draft != null && kept > 0) {
            int generated = search.settled(0);
            List<Integer> added = new ArrayList<>(kept);
            for (int index = generated - kept; index < generated; index++) {
                added.add(search.token(0, index).tokenId());
            }
            draft.follow(added, verified);
        }
    }

    /** What the next pass should verify, of that many rows. */
    List<Integer> draftAhead(int rows) {
        int left = state.maxNewTokens() - search.settled(0) - 1;
        return draft == null || left < 1 ? List.of() : draft.ahead(Math.min(Strategy.Speculative.WINDOW, left), rows);
    }

    private GenerationTiming timing() {
        return new GenerationTiming(
                queueNanos,
                encodeNanos,
                decodeNanos,
                steps.get(),
                draft == null ? 0 : draft.offered(),
                draft == null ? 0 : draft.accepted());
    }

    /** Records a decoder pass. */
    void stepped(long nanos) {
        decodeNanos += nanos;
        steps.incrementAndGet();
    }

    long queueNanos() {
        return queueNanos;
    }

    /**
     * Sends an event.
     *
     * @return false when the client is gone or too slow
     */
    boolean offer(GenerationEvent event) {
        if (sinkClosed) {
            return false;
        }
        try {
            sinkClosed = !sink.offer(event);
        } catch (RuntimeException e) {
            // A sink that throws is a client that is gone: it must not take the other rows with it.
            sinkClosed = true;
        }
        return !sinkClosed;
    }

    /**
     * The final event's contents.
     *
     * @param reason why it ends, of sequences that did not end by themselves
     */
    GenerationResult result(FinishReason reason, String message) {
        return new GenerationResult(reason, search.results(reason), timing(), message, prompt);
    }

    /** The final event's contents where the search has come to its end. */
    GenerationResult result() {
        List<GeneratedSequence> sequences = search.results(FinishReason.LENGTH);
        return new GenerationResult(sequences.getFirst().reason(), sequences, timing(), "", prompt);
    }
}
