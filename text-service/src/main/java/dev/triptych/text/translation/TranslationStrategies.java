package dev.triptych.text.translation;

import dev.triptych.text.generation.GenerationLimits;
import dev.triptych.text.generation.ParallelDecoders;
import dev.triptych.text.generation.Strategy;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The strategies that clients may name, each as it is where a client says no more. */
public final class TranslationStrategies {

    /** Beams where a client asks for beam search and not for how many. */
    public static final int DEFAULT_BEAMS = 4;

    private TranslationStrategies() {}

    /**
     * The strategy of that name; greedy where none is named.
     *
     * @throws TriptychException.Rejected if there is none
     */
    public static Strategy named(@Nullable String name) {
        return switch (name) {
            case null -> new Strategy.Greedy();
            case "greedy" -> new Strategy.Greedy();
            case "beam" -> Strategy.Beam.of(DEFAULT_BEAMS);
            case "sample" -> Strategy.Sample.of(ThreadLocalRandom.current().nextLong());
            case "mask-predict" -> Strategy.MaskPredict.asTheModelHasIt();
            case "speculative" -> new Strategy.Speculative();
            case "ctc" -> Strategy.Ctc.bestPath();
            case "auto" -> new Strategy.Auto(0);
            default -> throw refused(ParallelDecoders.ALL_STRATEGIES, "", name);
        };
    }

    /** @throws TriptychException.Rejected if the model lacks the decoder that a strategy needs */
    public static void requireServed(Strategy strategy, GenerationLimits model) {
        List<String> served = model.parallel().strategies();
        if (!served.contains(strategy.name())) {
            throw refused(served, " for this model", strategy.name());
        }
    }

    private static TriptychException.Rejected refused(List<String> names, String where, String given) {
        return new TriptychException.Rejected(
                ErrorCode.UNSUPPORTED_STRATEGY,
                "strategy",
                "strategy must be one of " + names + where + ", got \"" + given + "\"");
    }
}
