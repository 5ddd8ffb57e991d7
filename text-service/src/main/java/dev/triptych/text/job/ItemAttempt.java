package dev.triptych.text.job;

import dev.triptych.text.translation.TextListener;
import dev.triptych.text.translation.Translation;
import dev.triptych.text.translation.TranslationCall;
import dev.triptych.text.translation.TranslationRequest;
import dev.triptych.text.translation.Translator;
import dev.triptych.wire.EndpointAnswer;
import dev.triptych.wire.TranslationResult;
import dev.triptych.wire.TriptychException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.node.ObjectNode;

/** Starts an item's work, as often as it takes. Safe from any thread; never waits. */
@FunctionalInterface
interface ItemAttempt {

    /** @throws TriptychException where it cannot even start */
    Running start();

    /**
     * One attempt under way.
     *
     * @param end how it ends; fails with a {@link TriptychException}
     * @param cancel gives it up
     */
    record Running(CompletableFuture<? extends ItemOutcome> end, Runnable cancel) {}

    static ItemAttempt translating(TranslationRequest request, Translator translator) {
        return () -> {
            TranslationRequest settled = translator.settled(request);
            TranslationCall call = translator.translate(settled, TextListener.NONE);
            return new Running(
                    call.result()
                            .thenApply(texts -> new ItemOutcome.Translated(result(settled, call, texts.getFirst()))),
                    call::cancel);
        };
    }

    static ItemAttempt calling(String url, ObjectNode body, EndpointCalls endpoints) {
        return () -> {
            var answer = endpoints.answer(url, body);
            return new Running(
                    answer.thenApply(
                            json -> new ItemOutcome.Answered(new EndpointAnswer(Objects.requireNonNull(json)))),
                    () -> answer.cancel(false));
        };
    }

    private static TranslationResult result(TranslationRequest request, TranslationCall call, Translation translation) {
        return new TranslationResult(
                call.model(),
                request.options().strategy().name(),
                translation.text(),
                translation.score(),
                translation.promptTokens(),
                translation.tokenIds().size(),
                translation.warnings());
    }
}
