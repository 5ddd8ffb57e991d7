package dev.triptych.text.translation;

import dev.triptych.text.generation.Strategy;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The strategies that clients may name. */
public final class TranslationStrategies {

    private static final List<Strategy> BUILT = List.of(new Strategy.Greedy());

    private TranslationStrategies() {}

    /**
     * The strategy of that name; greedy where none is named.
     *
     * @throws TriptychException.Rejected if there is none
     */
    public static Strategy named(@Nullable String name) {
        if (name == null) {
            return BUILT.getFirst();
        }
        return BUILT.stream()
                .filter(strategy -> strategy.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new TriptychException.Rejected(
                        ErrorCode.UNSUPPORTED_STRATEGY,
                        "strategy",
                        "strategy must be one of " + names() + ", got \"" + name + "\""));
    }

    private static List<String> names() {
        return BUILT.stream().map(Strategy::name).toList();
    }
}
