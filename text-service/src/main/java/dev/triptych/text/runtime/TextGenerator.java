package dev.triptych.text.runtime;

import dev.triptych.text.generation.AttentionOutcome;
import dev.triptych.text.generation.GenerationLimits;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.OutputFormat;
import dev.triptych.text.generation.ParameterException;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.TokenAutomaton;
import java.util.List;
import java.util.Optional;

/**
 * One loaded model as the doors see it. All methods are safe from any thread; none waits for the engine.
 * {@link #encode} and {@link #decode} take processor time in proportion to the text: call them off the event loop.
 */
public non-sealed interface TextGenerator extends ServedModel {

    @Override
    ModelDescription description();

    GenerationLimits limits();

    /** The prompt ids of a text, with the special tokens that the model expects. */
    List<Integer> encode(String text);

    /** The text of generated ids; special tokens left out. */
    String decode(List<Integer> tokenIds);

    /** How the model reads conversations; empty where it does not say. */
    default Optional<ChatEncoder> chat() {
        return Optional.empty();
    }

    /**
     * What holds outputs to a format. Takes processor time, up to about a second: call it off the event loop.
     *
     * @throws ParameterException naming the field, where the format cannot be held to or the model not be held
     */
    default TokenAutomaton constrain(OutputFormat format) {
        throw new ParameterException(
                format.field(), format.field() + " needs a causal model, whose output continues its prompt");
    }

    /**
     * What the decoder looks at when it says a given target. Runs the model in one pass beside the loop, in the caller's
     * thread: call it off the event loop.
     *
     * @param source the encoder's input
     * @param target what the decoder says, its start token left out
     */
    default AttentionOutcome attend(List<Integer> source, List<Integer> target) {
        return new AttentionOutcome.Hidden();
    }

    /** What one token is called: its text, or a control token's name. */
    default String tokenName(int tokenId) {
        return decode(List.of(tokenId));
    }

    /**
     * What {@code auto} stands for now.
     *
     * @param sentences that the request will have the model decode at once
     * @param anyDecoder whether the request is one that non-autoregressive decoders can serve too
     */
    default Strategy settle(Strategy.Auto auto, int sentences, boolean anyDecoder) {
        return new Strategy.Greedy();
    }

    /** A decoder for one stream of tokens that never gives half a character. */
    TokenStream tokenStream();

    /**
     * Notes that a request which somebody waits for is on its way, before any work is spent on its text: under overload
     * tokenizing what will be refused takes the processor from what was admitted.
     */
    default Arrival arrive(Strategy strategy) {
        return Arrival.uncounted();
    }

    /**
     * Queues a request.
     *
     * @param request validated against {@link #limits}
     * @param sink hears the request's events on the engine's thread
     */
    Submission submit(GenerationRequest request, EventSink sink);

    /** Ends a request before its next step with {@code CANCELLED}; unknown and finished ids change nothing. */
    void cancel(String requestId);
}
