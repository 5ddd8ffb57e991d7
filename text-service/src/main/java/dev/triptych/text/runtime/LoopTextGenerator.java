package dev.triptych.text.runtime;

import dev.triptych.text.decoding.constraint.OutputConstraints;
import dev.triptych.text.generation.AttentionOutcome;
import dev.triptych.text.generation.GenerationLimits;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.OutputFormat;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.StrategyCurves;
import dev.triptych.text.generation.TokenAutomaton;
import dev.triptych.text.tokenizer.IncrementalDetokenizer;
import dev.triptych.text.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;

/** A loaded model in front of its engine loop. */
public final class LoopTextGenerator implements TextGenerator {

    private final ModelDescription description;
    private final GenerationLimits limits;
    private final Tokenizer tokenizer;
    private final EngineLoop loop;
    private final Abilities abilities;
    private final StrategyCurves curves;

    public LoopTextGenerator(
            ModelDescription description, GenerationLimits limits, Tokenizer tokenizer, EngineLoop loop) {
        this(description, limits, tokenizer, loop, Abilities.NONE, StrategyCurves.NONE);
    }

    /**
     * What only some models can do.
     *
     * @param chat how the model reads conversations, where it says
     * @param constraints how its outputs are held to a format, where they continue its prompt
     * @param attention what shows what its decoder looks at, where the package has that
     */
    public record Abilities(
            Optional<ChatEncoder> chat, Optional<OutputConstraints> constraints, Optional<PairTurns> attention) {

        public static final Abilities NONE = new Abilities(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * @param abilities beyond generating
     * @param curves what was measured of its strategies
     */
    public LoopTextGenerator(
            ModelDescription description,
            GenerationLimits limits,
            Tokenizer tokenizer,
            EngineLoop loop,
            Abilities abilities,
            StrategyCurves curves) {
        this.description = description;
        this.limits = limits;
        this.tokenizer = tokenizer;
        this.loop = loop;
        this.abilities = abilities;
        this.curves = curves;
    }

    @Override
    public Optional<ChatEncoder> chat() {
        return abilities.chat();
    }

    @Override
    public TokenAutomaton constrain(OutputFormat format) {
        return abilities.constraints().isPresent()
                ? abilities.constraints().get().compile(format)
                : TextGenerator.super.constrain(format);
    }

    @Override
    public ModelDescription description() {
        return description.ailing(loop.ailment());
    }

    @Override
    public GenerationLimits limits() {
        return limits;
    }

    @Override
    public List<Integer> encode(String text) {
        return tokenizer.encode(text);
    }

    @Override
    public String decode(List<Integer> tokenIds) {
        return tokenizer.decode(tokenIds);
    }

    @Override
    public AttentionOutcome attend(List<Integer> source, List<Integer> target) {
        return abilities.attention().isPresent()
                ? abilities.attention().get().attend(source, target)
                : TextGenerator.super.attend(source, target);
    }

    @Override
    public String tokenName(int tokenId) {
        return tokenizer.name(tokenId);
    }

    @Override
    public Strategy settle(Strategy.Auto auto, int sentences, boolean anyDecoder) {
        Strategy chosen = curves.pick(new StrategyCurves.Situation(
                loop.inFlight() + sentences,
                anyDecoder ? auto.qualityLoss() : 0,
                limits.parallel().strategies()));
        loop.chosen(chosen.name());
        return chosen;
    }

    @Override
    public TokenStream tokenStream() {
        IncrementalDetokenizer detokenizer = new IncrementalDetokenizer(tokenizer);
        return new TokenStream() {
            @Override
            public String add(int tokenId) {
                return detokenizer.add(tokenId);
            }

            @Override
            public String end() {
                return detokenizer.end();
            }
        };
    }

    @Override
    public Arrival arrive(Strategy strategy) {
        return loop.arrive(strategy);
    }

    @Override
    public Submission submit(GenerationRequest request, EventSink sink) {
        GenerationRequest resolved = request.withParameters(limits.resolve(request.parameters()));
        checkLimits(resolved);
        return loop.submit(resolved, sink);
    }

    @Override
    public void cancel(String requestId) {
        loop.cancel(requestId);
    }

    /** Doors validate and say what is wrong by field; a request that slips through must not reach a graph. */
    private void checkLimits(GenerationRequest request) {
        int promptTokens = request.promptIds().size();
        if (promptTokens > limits.maxPromptTokens()) {
            throw new IllegalArgumentException(
                    "a prompt has at most " + limits.maxPromptTokens() + " tokens, got " + promptTokens);
        }
        int maxNewTokens = request.parameters().maxNewTokens();
        int bound = limits.maxNewTokensAfter(promptTokens);
        if (maxNewTokens > bound) {
            throw new IllegalArgumentException("maxNewTokens is at most " + bound + ", got " + maxNewTokens);
        }
        int rows = request.parameters().strategy().rows();
        if (rows > limits.maxRows()) {
            throw new IllegalArgumentException("a request has at most " + limits.maxRows() + " rows, got " + rows);
        }
        for (int id : request.promptIds()) {
            if (id < 0 || id >= limits.vocabSize()) {
                throw new IllegalArgumentException(
                        "a token id is from 0 to " + (limits.vocabSize() - 1) + ", got " + id);
            }
        }
    }
}
