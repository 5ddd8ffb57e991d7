package dev.triptych.text.api;

import dev.triptych.text.generation.EmbeddingOutcome;
import dev.triptych.text.generation.EmbeddingRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.runtime.Submission;
import dev.triptych.text.runtime.TextEmbedder;
import dev.triptych.text.runtime.TextModels;
import dev.triptych.text.translation.ModelLookup;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/** OpenAI's {@code POST /v1/embeddings}. A text longer than the model reads is refused, not cut. */
@RestController
class EmbeddingController {

    private final TextModels models;
    private final ApiLimits limits;
    private final Scheduler workers;
    private final Clock clock;

    EmbeddingController(TextModels models, ApiLimits limits, Scheduler workers, Clock clock) {
        this.models = models;
        this.limits = limits;
        this.workers = workers;
        this.clock = clock;
    }

    @PostMapping(path = "/v1/embeddings", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<EmbeddingReply> embed(@RequestBody EmbeddingBody body) {
        TextEmbedder embedder = ModelLookup.embedder(models, FieldRules.required(body.model(), "model"));
        boolean base64 = base64(body.encodingFormat());
        checkDimensions(body, embedder);
        List<Prompt> texts = Prompt.read(body.input(), "input", limits, embedder.limits());
        Priority priority = FieldRules.priority(body.priority());
        Optional<Instant> deadline = FieldRules.deadline(body.deadlineMs(), clock, limits);
        return Mono.fromCallable(() -> requests(embedder, texts, priority, deadline))
                .subscribeOn(workers)
                .flatMap(requests -> Flux.fromIterable(requests)
                        .flatMapSequential(request -> vector(embedder, request), requests.size())
                        .collectList()
                        .map(vectors -> EmbeddingReply.of(
                                embedder.description().id(),
                                vectors,
                                base64,
                                requests.stream()
                                        .mapToInt(request -> request.tokenIds().size())
                                        .sum())));
    }

    private static boolean base64(@Nullable String format) {
        if (format == null || format.equals("float")) {
            return false;
        }
        if (format.equals("base64")) {
            return true;
        }
        throw FieldRules.invalid("encoding_format", "encoding_format must be float or base64, got \"" + format + "\"");
    }

    private static void checkDimensions(EmbeddingBody body, TextEmbedder embedder) {
        if (body.dimensions() != null && body.dimensions() != embedder.dimensions()) {
            throw FieldRules.invalid(
                    "dimensions",
                    "dimensions must be absent or " + embedder.dimensions() + ", the model's own, got "
                            + body.dimensions());
        }
    }

    private static List<EmbeddingRequest> requests(
            TextEmbedder embedder, List<Prompt> texts, Priority priority, Optional<Instant> deadline) {
        String id = "embd-" + UUID.randomUUID();
        List<EmbeddingRequest> requests = new ArrayList<>(texts.size());
        for (Prompt prompt : texts) {
            List<Integer> ids = switch (prompt) {
                case Prompt.Text text -> embedder.encode(text.text());
                case Prompt.Ids given -> given.ids();
            };
            String field = texts.size() == 1 ? "input" : "input[" + requests.size() + "]";
            Prompt.checkLength(ids.size(), field, embedder.limits());
            requests.add(new EmbeddingRequest(id + "-" + requests.size(), ids, priority, deadline));
        }
        return requests;
    }

    private static Mono<float[]> vector(TextEmbedder embedder, EmbeddingRequest request) {
        return Mono.defer(() -> {
            Sinks.One<EmbeddingOutcome> end = Sinks.one();
            return switch (embedder.submit(request, end::tryEmitValue)) {
                case Submission.Accepted ignored ->
                    end.asMono().map(EmbeddingController::vector).doOnCancel(() -> embedder.cancel(request.id()));
                case Submission.Overloaded overloaded ->
                    Mono.error(new TriptychException.Overloaded(
                            ErrorCode.OVERLOADED, overloaded.retryAfter(), overloaded.message()));
                case Submission.Unavailable unavailable ->
                    Mono.error(new TriptychException.Overloaded(
                            ErrorCode.UNAVAILABLE, unavailable.retryAfter(), unavailable.message()));
            };
        });
    }

    private static float[] vector(EmbeddingOutcome outcome) {
        return switch (outcome) {
            case EmbeddingOutcome.Embedded embedded -> embedded.vector();
            case EmbeddingOutcome.Ended ended ->
                throw switch (ended.reason()) {
                    case DEADLINE ->
                        new TriptychException.Failed(
                                ErrorCode.DEADLINE_EXCEEDED, "the deadline passed before the text was embedded", null);
                    case CANCELLED ->
                        new TriptychException.Failed(ErrorCode.CANCELLED, "the request was canceled", null);
                    default ->
                        new TriptychException.Failed(ErrorCode.INTERNAL, "embedding failed: " + ended.message(), null);
                };
        };
    }
}
