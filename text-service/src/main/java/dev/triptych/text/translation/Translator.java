package dev.triptych.text.translation;

import dev.triptych.text.generation.GenerationLimits;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.ParameterException;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.TokenRules;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Translates texts of any length through a sentence-wise model. Safe from any thread; no method waits. Splitting,
 * tokenizing and stitching run on the executor given here.
 */
public final class Translator {

    private final TranslationModels models;
    private final Surroundings surroundings;

    public Translator(TranslationModels models, Surroundings surroundings) {
        this.models = models;
        this.surroundings = surroundings;
    }

    /**
     * What a translation works with.
     *
     * @param workers gives, on the caller's thread, what runs everything of one call that takes processor time
     * @param delayed runs attempts to submit again
     * @param clock for deadlines
     * @param limits bounds
     */
    public record Surroundings(Supplier<Executor> workers, DelayedTasks delayed, Clock clock, Limits limits) {}

    /**
     * Bounds of one request.
     *
     * @param interactiveSentences how many sentences of an interactive request the engine holds at a time
     * @param batchSentences the same for a request of offline work, of which there are many at a time
     * @param maxSentenceChars longer sentences are cut at a clause before they are tokenized
     */
    public record Limits(int interactiveSentences, int batchSentences, int maxSentenceChars) {

        int sentencesInFlight(Priority priority) {
            return priority == Priority.INTERACTIVE ? interactiveSentences : batchSentences;
        }
    }

    /**
     * Starts a translation.
     *
     * @param listener hears text as it settles; {@link TextListener#NONE} where only the end matters
     * @throws TriptychException if no model serves the request or its options are out of bounds
     */
    public TranslationCall translate(TranslationRequest request, TextListener listener) {
        TextGenerator generator = models.find(request.model(), request.pair());
        GenerationParameters parameters = parameters(request, generator.limits());
        SentenceSplitter splitter =
                new SentenceSplitter(Locale.forLanguageTag(request.pair().source()));
        TranslationRun run =
                new TranslationRun(request, new TranslationRun.Engine(generator, parameters), listener, surroundings);
        run.start(splitter);
        return run;
    }

    /**
     * The request with the strategy that {@code auto} stands for at this moment; one that names another stays as it is.
     *
     * @throws TriptychException if no model serves the request
     */
    public TranslationRequest settled(TranslationRequest request) {
        if (!(request.options().strategy() instanceof Strategy.Auto auto)) {
            return request;
        }
        TextGenerator generator = models.find(request.model(), request.pair());
        boolean anyDecoder = request.options().rules().equals(TokenRules.NONE);
        return request.with(generator.settle(auto, request.texts().size(), anyDecoder));
    }

    private static GenerationParameters parameters(TranslationRequest request, GenerationLimits limits) {
        TranslationStrategies.requireServed(request.options().strategy(), limits);
        int bound = limits.maxNewTokens();
        int maxNewTokens = request.options().maxNewTokens().orElse(bound);
        if (maxNewTokens < 1 || maxNewTokens > bound) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD,
                    "max_new_tokens",
                    "max_new_tokens must be from 1 to " + bound + ", got " + maxNewTokens);
        }
        int rows = request.options().strategy().rows();
        if (rows > limits.maxRows()) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD,
                    "num_beams",
                    "num_beams must be from 1 to " + limits.maxRows() + " for this model, got " + rows);
        }
        try {
            return new GenerationParameters(
                    request.options().strategy(),
                    maxNewTokens,
                    request.options().rules(),
                    List.of(),
                    request.options().topLogProbs());
        } catch (ParameterException e) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD, e.parameter(), String.valueOf(e.getMessage()));
        }
    }
}
