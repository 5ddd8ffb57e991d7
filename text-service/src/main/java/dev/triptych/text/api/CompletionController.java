package dev.triptych.text.api;

import dev.triptych.text.generation.GenerationEvent;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.text.runtime.TextModels;
import dev.triptych.text.translation.ModelLookup;
import dev.triptych.text.translation.TranslationStrategies;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** OpenAI's {@code POST /v1/completions}: a causal model continues the prompt, a seq2seq model's encoder reads it. */
@RestController
class CompletionController {

    private static final String PATH = "/v1/completions";

    private final TextModels models;
    private final ApiLimits limits;
    private final Scheduler workers;
    private final Clock clock;

    CompletionController(TextModels models, ApiLimits limits, Scheduler workers, Clock clock) {
        this.models = models;
        this.limits = limits;
        this.workers = workers;
        this.clock = clock;
    }

    @PostMapping(path = PATH, consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<Object>> complete(@RequestBody CompletionBody body, ServerWebExchange exchange) {
        CompletionFields.check(body);
        TextGenerator generator = ModelLookup.ready(models, FieldRules.required(body.model(), "model"));
        List<Prompt> prompts = Prompt.read(body.prompt(), "prompt", limits, generator.limits());
        String id = "cmpl-" + UUID.randomUUID();
        How how = new How(
                parameters(body, generator),
                body.maxTokens() != null,
                FieldRules.priority(body.priority()),
                FieldRules.deadline(body.deadlineMs(), clock, limits));
        CompletionReply.Head head = new CompletionReply.Head(
                id, clock.instant().getEpochSecond(), generator.description().id());
        Mono<List<GenerationRequest>> requests =
                Mono.fromCallable(() -> requests(id, generator, prompts, how)).subscribeOn(workers);
        if (body.streams()) {
            Flux<CompletionReply> chunks =
                    requests.flatMapMany(all -> stream(generator, all, body).chunks(head, body.wantsUsage()));
            return Mono.just(EventStream.of(chunks, exchange));
        }
        return requests.flatMap(all -> whole(generator, all, body.wantsTokenIds(), head))
                .map(reply -> ResponseEntity.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .body(reply));
    }

    /**
     * What all prompts of a request share.
     *
     * @param bounded whether the client said how many tokens
     */
    private record How(
            GenerationParameters parameters, boolean bounded, Priority priority, Optional<Instant> deadline) {}

    private static GenerationParameters parameters(CompletionBody body, TextGenerator generator) {
        int bound = generator.limits().maxNewTokens();
        int maxTokens = body.maxTokens() == null ? bound : body.maxTokens();
        if (maxTokens < 1 || maxTokens > bound) {
            throw FieldRules.invalid("max_tokens", "max_tokens must be from 1 to " + bound + ", got " + maxTokens);
        }
        return new GenerationParameters(TranslationStrategies.named(body.strategy()), maxTokens);
    }

    private static List<GenerationRequest> requests(String id, TextGenerator generator, List<Prompt> prompts, How how) {
        List<GenerationRequest> requests = new ArrayList<>(prompts.size());
        for (Prompt prompt : prompts) {
            List<Integer> ids = switch (prompt) {
                case Prompt.Text text -> generator.encode(text.text());
                case Prompt.Ids given -> given.ids();
            };
            String field = prompts.size() == 1 ? "prompt" : "prompt[" + requests.size() + "]";
            Prompt.checkLength(ids.size(), field, generator.limits());
            GenerationParameters parameters = fitting(how, ids.size(), generator);
            requests.add(
                    new GenerationRequest(id + "-" + requests.size(), ids, parameters, how.priority(), how.deadline()));
        }
        return requests;
    }

    /** Where prompt and output share the model's positions, the prompt's length bounds the output. */
    private static GenerationParameters fitting(How how, int promptTokens, TextGenerator generator) {
        int bound = generator.limits().maxNewTokensAfter(promptTokens);
        GenerationParameters parameters = how.parameters();
        if (parameters.maxNewTokens() <= bound) {
            return parameters;
        }
        if (how.bounded()) {
            throw FieldRules.invalid(
                    "max_tokens",
                    "max_tokens must be from 1 to " + bound + " after a prompt of " + promptTokens + " tokens, got "
                            + parameters.maxNewTokens());
        }
        return new GenerationParameters(parameters.strategy(), bound);
    }

    private Mono<CompletionReply> whole(
            TextGenerator generator,
            List<GenerationRequest> requests,
            boolean withTokenIds,
            CompletionReply.Head head) {
        return Flux.fromIterable(requests)
                .flatMapSequential(request -> Generations.result(generator, request), requests.size())
                .collectList()
                .publishOn(workers)
                .map(results -> {
                    List<CompletionReply.Choice> choices = new ArrayList<>(results.size());
                    for (GenerationResult result : results) {
                        choices.add(new CompletionReply.Choice(
                                generator.decode(result.tokenIds()),
                                choices.size(),
                                null,
                                CompletionChunks.name(result.reason()),
                                withTokenIds ? result.tokenIds() : null));
                    }
                    int completion = results.stream()
                            .mapToInt(result -> result.tokenIds().size())
                            .sum();
                    return head.with(choices, Usage.of(promptTokens(requests), completion));
                });
    }

    private Choices stream(TextGenerator generator, List<GenerationRequest> requests, CompletionBody body) {
        AtomicInteger completionTokens = new AtomicInteger();
        List<Flux<CompletionReply.Choice>> streams = new ArrayList<>(requests.size());
        for (GenerationRequest request : requests) {
            int index = streams.size();
            streams.add(Flux.defer(() -> {
                CompletionChunks chunks = new CompletionChunks(index, body.wantsTokenIds(), generator.tokenStream());
                return Generations.events(generator, request, limits.unreadEvents())
                        .publishOn(workers)
                        .doOnNext(event -> {
                            if (event instanceof GenerationEvent.Finished finished) {
                                completionTokens.addAndGet(
                                        finished.result().tokenIds().size());
                            }
                        })
                        .concatMapIterable(chunks::of);
            }));
        }
        return new Choices(
                Flux.merge(Flux.fromIterable(streams), streams.size()),
                () -> Usage.of(promptTokens(requests), completionTokens.get()));
    }

    /** A stream's choices, and the usage that is known at its end. */
    private record Choices(Flux<CompletionReply.Choice> choices, Supplier<Usage> usage) {

        Flux<CompletionReply> chunks(CompletionReply.Head head, boolean withUsage) {
            Flux<CompletionReply> chunks = choices.map(choice -> head.with(List.of(choice), null));
            return withUsage ? chunks.concatWith(Mono.fromSupplier(() -> head.with(List.of(), usage.get()))) : chunks;
        }
    }

    private static int promptTokens(List<GenerationRequest> requests) {
        return requests.stream().mapToInt(request -> request.promptIds().size()).sum();
    }
}
