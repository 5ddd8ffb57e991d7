package dev.triptych.text.config;

import dev.triptych.text.generation.GenerationEvent;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.runtime.Submission;
import dev.triptych.text.runtime.TextGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One generation as a test sees it: its events and, once it is over, its result. */
final class Generation {

    private final List<GenerationEvent> events = new ArrayList<>();
    private final CompletableFuture<GenerationEvent> first = new CompletableFuture<>();
    private final CompletableFuture<GenerationResult> result = new CompletableFuture<>();

    static Generation start(TextGenerator generator, List<Integer> promptIds, int maxNewTokens) {
        return start(generator, promptIds, GenerationParameters.greedy(maxNewTokens));
    }

    static Generation start(TextGenerator generator, List<Integer> promptIds, GenerationParameters parameters) {
        Generation generation = new Generation();
        GenerationRequest request = new GenerationRequest(
                UUID.randomUUID().toString(), promptIds, parameters, Priority.INTERACTIVE, Optional.empty());
        Submission submission = generator.submit(request, generation::hear);
        if (!(submission instanceof Submission.Accepted)) {
            throw new AssertionError("not accepted: " + submission);
        }
        return generation;
    }

    private boolean hear(GenerationEvent event) {
        events.add(event);
        first.complete(event);
        if (event instanceof GenerationEvent.Finished finished) {
            result.complete(finished.result());
        }
        return true;
    }

    /** Returns once the first event is there: what starts from now on finds this one under way, or over. */
    Generation begun() {
        first.orTimeout(60, TimeUnit.SECONDS).join();
        return this;
    }

    GenerationResult result() {
        return result.orTimeout(60, TimeUnit.SECONDS).join();
    }

    List<Integer> streamedIds() {
        return events.stream()
                .filter(GenerationEvent.TokenGenerated.class::isInstance)
                .map(event -> ((GenerationEvent.TokenGenerated) event).tokenId())
                .toList();
    }
}
