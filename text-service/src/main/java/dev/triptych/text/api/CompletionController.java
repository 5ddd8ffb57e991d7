package dev.triptych.text.api;

import dev.triptych.text.generation.GenerationEvent;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.text.runtime.TextModels;
import dev.triptych.text.translation.ModelLookup;
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

    /** Of one request: a long list is no burst. */
    private static final int PROMPTS_AT_ONCE = 64;

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
        return answer(body, exchange, ReplyShape.COMPLETION);
    }

    /** @param shape how the answer is written */
    Mono<ResponseEntity<Object>> answer(CompletionBody body, ServerWebExchange exchange, ReplyShape shape) {
        if (body.streams()) {
            Begun begun = begin(body);
            Flux<Object> chunks = begun.work()
                    .flatMapMany(all -> stream(all).chunks(begun.head(), body.wantsUsage()))
                    .map(shape::chunk);
            return Mono.just(
                    shape.saysDone() ? EventStream.of(chunks, exchange) : EventStream.withoutEnd(chunks, exchange));
        }
        return whole(body, shape)
                .map(reply -> ResponseEntity.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .body(reply));
    }

    /** The whole answer, whether or not the body asks for a stream. */
    Mono<Object> whole(CompletionBody body, ReplyShape shape) {
        Begun begun = begin(body);
        return begun.work().flatMap(all -> whole(all, begun.head())).map(shape::whole);
    }

    /** A validated request, its prompts not yet encoded. */
    private record Begun(CompletionReply.Head head, Mono<Work> work) {}

    private Begun begin(CompletionBody body) {
        TextGenerator generator = ModelLookup.ready(models, FieldRules.required(body.model(), "model"));
        CompletionFields fields = CompletionFields.read(body, generator.limits());
        List<Prompt> prompts = Prompt.read(body.prompt(), "prompt", limits, generator.limits());
        String id = "cmpl-" + UUID.randomUUID();
        How how = new How(
                fields,
                body.maxTokens() != null,
                FieldRules.priority(body.priority()),
                FieldRules.deadline(body.deadlineMs(), clock, limits));
        CompletionReply.Head head = new CompletionReply.Head(
                id, clock.instant().getEpochSecond(), generator.description().id());
        Mono<Work> work = Mono.fromCallable(() -> new Work(
                        generator,
                        requests(id, generator, prompts, how),
                        fields.echo() ? echoes(generator, prompts) : List.of(),
                        body.wantsTokenIds()))
                .subscribeOn(workers);
        return new Begun(
                head,
                how.priority() == Priority.INTERACTIVE
                        ? Generations.arriving(generator, fields.parameters(), work)
                        : work);
    }

    /**
     * What all prompts of a request share.
     *
     * @param bounded whether the client said how many tokens
     */
    private record How(CompletionFields fields, boolean bounded, Priority priority, Optional<Instant> deadline) {}

    /**
     * What is to be generated.
     *
     * @param echoes the prompts' texts; none where they are not to be repeated
     */
    private record Work(
            TextGenerator generator, List<GenerationRequest> requests, List<String> echoes, boolean withTokenIds) {

        CompletionChunks chunks(int prompt) {
            return new CompletionChunks(
                    prompt * requests.getFirst().parameters().strategy().outputs(),
                    withTokenIds,
                    generator,
                    requests.get(prompt),
                    echoes.isEmpty() ? "" : echoes.get(prompt));
        }

        int promptTokens() {
            return requests.stream()
                    .mapToInt(request -> request.promptIds().size())
                    .sum();
        }
    }

    private static List<String> echoes(TextGenerator generator, List<Prompt> prompts) {
        return prompts.stream()
                .map(prompt -> switch (prompt) {
                    case Prompt.Text text -> text.text();
                    case Prompt.Ids given -> generator.decode(given.ids());
                })
                .toList();
    }

    private static List<GenerationRequest> requests(String id, TextGenerator generator, List<Prompt> prompts, How how) {
        List<GenerationRequest> requests = new ArrayList<>(prompts.size());
        GenerationParameters asked = how.fields().constrained(generator);
        for (Prompt prompt : prompts) {
            List<Integer> ids = switch (prompt) {
                case Prompt.Text text -> generator.encode(text.text());
                case Prompt.Ids given -> given.ids();
            };
            String field = prompts.size() == 1 ? "prompt" : "prompt[" + requests.size() + "]";
            Prompt.checkLength(ids.size(), field, generator.limits());
            GenerationParameters parameters = fitting(asked, how.bounded(), ids.size(), generator);
            requests.add(
                    new GenerationRequest(id + "-" + requests.size(), ids, parameters, how.priority(), how.deadline()));
        }
        return requests;
    }

    /** Where prompt and output share the model's positions, the prompt's length bounds the output. */
    private static GenerationParameters fitting(
            GenerationParameters parameters, boolean bounded, int promptTokens, TextGenerator generator) {
        int bound = generator.limits().maxNewTokensAfter(promptTokens);
        if (parameters.maxNewTokens() <= bound) {
            return parameters;
        }
        if (bounded) {
            throw FieldRules.invalid(
                    "max_tokens",
                    "max_tokens must be from 1 to " + bound + " after a prompt of " + promptTokens + " tokens, got "
                            + parameters.maxNewTokens());
        }
        return parameters.withMaxNewTokens(bound);
    }

    private Mono<CompletionReply> whole(Work work, CompletionReply.Head head) {
        return Flux.fromIterable(work.requests())
                .flatMapSequential(
                        request -> Generations.result(work.generator(), request),
                        Math.min(PROMPTS_AT_ONCE, work.requests().size()))
                .collectList()
                .publishOn(workers)
                .map(results -> {
                    List<CompletionReply.Choice> choices = new ArrayList<>(results.size());
                    int completionTokens = 0;
                    for (int prompt = 0; prompt < results.size(); prompt++) {
                        choices.addAll(work.chunks(prompt).whole(results.get(prompt)));
                        completionTokens += tokens(results.get(prompt));
                    }
                    return head.with(choices, Usage.of(work.promptTokens(), completionTokens));
                });
    }

    private Choices stream(Work work) {
        AtomicInteger completionTokens = new AtomicInteger();
        List<Flux<CompletionReply.Choice>> streams =
                new ArrayList<>(work.requests().size());
        for (GenerationRequest request : work.requests()) {
            int prompt = streams.size();
            streams.add(Flux.defer(() -> {
                CompletionChunks chunks = work.chunks(prompt);
                Flux<CompletionReply.Choice> choices = Generations.events(
                                work.generator(), request, unread(request.parameters()))
                        .publishOn(workers)
                        .doOnNext(event -> {
                            if (event instanceof GenerationEvent.Finished finished) {
                                completionTokens.addAndGet(tokens(finished.result()));
                            }
                        })
                        .concatMapIterable(chunks::of);
                return choices.startWith(chunks.first());
            }));
        }
        return new Choices(
                Flux.merge(Flux.fromIterable(streams), Math.min(PROMPTS_AT_ONCE, streams.size())),
                () -> Usage.of(work.promptTokens(), completionTokens.get()));
    }

    /** Several samples come side by side; what beams settle, and what is computed at once, may come all at once. */
    private int unread(GenerationParameters parameters) {
        Strategy strategy = parameters.strategy();
        return limits.unreadEvents() * strategy.outputs()
                + (strategy instanceof Strategy.Beam || strategy.parallel() ? parameters.maxNewTokens() : 0);
    }

    private static int tokens(GenerationResult result) {
        return result.sequences().stream()
                .mapToInt(sequence -> sequence.tokenIds().size())
                .sum();
    }

    /** A stream's choices, and the usage that is known at its end. */
    private record Choices(Flux<CompletionReply.Choice> choices, Supplier<Usage> usage) {

        Flux<CompletionReply> chunks(CompletionReply.Head head, boolean withUsage) {
            Flux<CompletionReply> chunks = choices.map(choice -> head.with(List.of(choice), null));
            return withUsage ? chunks.concatWith(Mono.fromSupplier(() -> head.with(List.of(), usage.get()))) : chunks;
        }
    }
}
