package dev.triptych.text.decoding.search;

import dev.triptych.text.decoding.Sequence;
import dev.triptych.text.decoding.StopRule;
import dev.triptych.text.decoding.StopTexts;
import dev.triptych.text.decoding.TokenSelector;
import dev.triptych.text.decoding.logits.LogitsProcessors;
import dev.triptych.text.decoding.parallel.MaskSchedule;
import dev.triptych.text.decoding.sampling.Sampler;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.GenerationRules;
import dev.triptych.text.generation.ParallelDecoders;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.TokenRules;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Makes searches for a model's requests. Immutable. */
public final class Searches {

    /** Passes over a draft where a request names none: further ones gained nothing. */
    private static final int REVISIONS = 1;

    private final GenerationRules rules;
    private final ParallelDecoders parallel;
    private final Function<List<Integer>, String> decoder;
    private final StopRule eosOnly;
    private final LogitsProcessors modelsOwn;

    /**
     * @param rules the model's own
     * @param parallel the model's non-autoregressive decoders
     * @param decoder the text of generated ids, special tokens left out; asked for stop texts only
     */
    public Searches(GenerationRules rules, ParallelDecoders parallel, Function<List<Integer>, String> decoder) {
        this.rules = rules;
        this.parallel = parallel;
        this.decoder = decoder;
        this.eosOnly = new StopRule(rules.eosTokenIds());
        this.modelsOwn = LogitsProcessors.of(rules);
    }

    /**
     * A search that has not begun.
     *
     * @param given what the decoder reads before the first generated token
     * @param promptTokens tokens that the encoder reads, where there is one
     */
    public Search start(GenerationParameters parameters, List<Integer> given, int promptTokens) {
        Sequence sequence = new Sequence(given);
        return switch (parameters.strategy()) {
            case Strategy.Greedy greedy -> greedy(parameters, sequence);
            case Strategy.Speculative speculative -> greedy(parameters, sequence);
            case Strategy.Auto auto ->
                throw new IllegalArgumentException("auto must be settled before a request is queued");
            case Strategy.Beam beam when beam.numBeams() == 1 -> greedy(parameters, sequence);
            case Strategy.Beam beam ->
                new BeamSearch(
                        beam,
                        new BeamSearch.Setting(
                                constrained(
                                        parameters,
                                        LogitsProcessors.of(rules, parameters.rules(), beam.diversityPenalty())),
                                stop(parameters),
                                parameters.maxNewTokens(),
                                rules.padTokenId(),
                                parameters.topLogProbs().orElse(-1),
                                rules.defaults()),
                        sequence);
            case Strategy.Sample sample -> {
                LogitsProcessors processors = processors(parameters);
                List<TokenSelector> samplers = IntStream.range(0, sample.bestOf())
                        .<TokenSelector>mapToObj(number -> new Sampler(processors, sample, number))
                        .toList();
                yield rows(samplers, parameters, sequence);
            }
            case Strategy.Ctc ctc -> {
                ParallelDecoders.Ctc decoder =
                        parallel.ctc().orElseThrow(() -> new IllegalArgumentException("the model has no ctc decoder"));
                yield new CtcSearch(
                        ctc,
                        new CtcSearch.Setting(
                                promptTokens * decoder.upsampling(),
                                decoder.blank(),
                                rules.eosTokenIds().stream().findFirst().orElse(-1),
                                ctc.lengthPenalty().orElse(rules.defaults().lengthPenalty()),
                                Optional.empty(),
                                parameters.topLogProbs().orElse(-1)),
                        new WholeOutput(sequence, stop(parameters), parameters.maxNewTokens()));
            }
            case Strategy.MaskPredict refinement
            when refinement.candidates().isPresent() -> revised(refinement, parameters, sequence, promptTokens);
            case Strategy.MaskPredict refinement -> {
                ParallelDecoders.MaskPredict decoder = parallel.maskPredict()
                        .orElseThrow(() -> new IllegalArgumentException("the model has no mask-predict decoder"));
                yield new RefinementSearch(
                        new RefinementSearch.Setting(
                                decoder.mask(),
                                new MaskSchedule(refinement.iterations().orElse(decoder.iterations())),
                                refinement.lengthCandidates().orElse(decoder.lengthCandidates()),
                                refinement.outputs(),
                                parameters.topLogProbs().orElse(-1)),
                        new WholeOutput(sequence, stop(parameters), parameters.maxNewTokens()));
            }
        };
    }

    private Search revised(
            Strategy.MaskPredict refinement, GenerationParameters parameters, Sequence sequence, int promptTokens) {
        ParallelDecoders.Ctc drafter =
                parallel.ctc().orElseThrow(() -> new IllegalArgumentException("the model has no ctc decoder"));
        ParallelDecoders.MaskPredict reviser = parallel.maskPredict()
                .orElseThrow(() -> new IllegalArgumentException("the model has no mask-predict decoder"));
        return new CtcSearch(
                new Strategy.Ctc(
                        1,
                        refinement.outputs(),
                        OptionalDouble.empty(),
                        refinement.candidates().orElseThrow()),
                new CtcSearch.Setting(
                        promptTokens * drafter.upsampling(),
                        drafter.blank(),
                        rules.eosTokenIds().stream().findFirst().orElse(-1),
                        rules.defaults().lengthPenalty(),
                        Optional.of(new Revision(
                                reviser.mask(), refinement.iterations().orElse(REVISIONS))),
                        parameters.topLogProbs().orElse(-1)),
                new WholeOutput(sequence, stop(parameters), parameters.maxNewTokens()));
    }

    private Search greedy(GenerationParameters parameters, Sequence sequence) {
        return rows(List.of(new GreedySelector(processors(parameters))), parameters, sequence);
    }

    private Search rows(List<TokenSelector> selectors, GenerationParameters parameters, Sequence sequence) {
        return new RowSearch(
                selectors,
                sequence,
                new RowSearch.Limits(stop(parameters), parameters.maxNewTokens()),
                parameters.strategy().outputs(),
                parameters.topLogProbs().orElse(-1));
    }

    private LogitsProcessors processors(GenerationParameters parameters) {
        return constrained(
                parameters,
                parameters.rules().equals(TokenRules.NONE)
                        ? modelsOwn
                        : LogitsProcessors.of(rules, parameters.rules()));
    }

    private static LogitsProcessors constrained(GenerationParameters parameters, LogitsProcessors processors) {
        return parameters.constraint().map(processors::within).orElse(processors);
    }

    private StopRule stop(GenerationParameters parameters) {
        return parameters.stop().isEmpty()
                ? eosOnly
                : new StopRule(rules.eosTokenIds(), new StopTexts(parameters.stop(), decoder));
    }
}
