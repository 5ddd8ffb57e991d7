package dev.triptych.benchmarks.strategies;

import dev.triptych.text.generation.GenerationEvent;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.TokenRules;
import dev.triptych.text.runtime.Submission;
import dev.triptych.text.runtime.TextGenerator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One request after another to an engine in this process. */
final class Translating {

    private static final int PATIENCE_SECONDS = 120;

    private final TextGenerator generator;
    private final int newTokens;

    Translating(TextGenerator generator, int newTokens) {
        this.generator = generator;
        this.newTokens = Math.min(newTokens, generator.limits().maxNewTokens());
    }

    /** Waits for the answer. */
    GenerationResult run(List<Integer> prompt, Strategy strategy) throws Exception {
        CompletableFuture<GenerationResult> result = new CompletableFuture<>();
        GenerationRequest request = new GenerationRequest(
                UUID.randomUUID().toString(),
                prompt,
                new GenerationParameters(strategy, newTokens, TokenRules.NONE, List.of(), OptionalInt.empty()),
                Priority.INTERACTIVE,
                Optional.empty());
        Submission submission = generator.submit(request, event -> {
            if (event instanceof GenerationEvent.Finished finished) {
                result.complete(finished.result());
            }
            return true;
        });
        if (!(submission instanceof Submission.Accepted)) {
            throw new IllegalStateException("a request was not accepted: " + submission);
        }
        return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    String text(List<Integer> ids) {
        return generator.decode(ids);
    }
}
