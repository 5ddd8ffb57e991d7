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
import java.util.Arrays;
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

/**
 * OpenAI's {@code POST /v1/embeddings}. A text longer than the model reads is refused, or on request split into pieces, whose
 * vectors are averaged by their tokens.
 */
@RestController
class EmbeddingController {

    private static final int PIECES_AT_A_TIME = 2;

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
        boolean split = splits(body.longInput());
        List<Prompt> texts = Prompt.read(body.input(), "input", limits.forEmbeddings(), embedder.limits());
        Priority priority = FieldRules.priority(body.priority());
        Optional<Instant> deadline = FieldRules.deadline(body.deadlineMs(), clock, limits);
        Call call = new Call("embd-" + UUID.randomUUID(), embedder, priority, deadline, split);
        return Mono.fromCallable(() -> requests(call, texts))
                .subscribeOn(workers)
                .flatMap(requests -> Mono.deferContextual(context -> Flux.fromIterable(requests)
                        .flatMapSequential(pieces -> vector(embedder, pieces), requests.size())
                        .collectList()
                        .map(vectors -> {
                            TokenCount.add(context, tokens(requests));
                            return EmbeddingReply.of(embedder.description().id(), vectors, base64, tokens(requests));
                        })));
    }

    /** What all texts of a body have in common. */
    private record Call(
            String id, TextEmbedder embedder, Priority priority, Optional<Instant> deadline, boolean split) {}

    private static int tokens(List<List<EmbeddingRequest>> requests) {
        return requests.stream()
                .flatMap(List::stream)
                .mapToInt(request -> request.tokenIds().size())
                .sum();
    }

    private static boolean splits(@Nullable String longInput) {
        if (longInput == null || longInput.equals("reject")) {
            return false;
        }
        if (longInput.equals("split")) {
            return true;
        }
        throw FieldRules.invalid("long_input", "long_input must be reject or split, got \"" + longInput + "\"");
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

    /** The pieces of each text: one, but for a long one that is split. */
    private static List<List<EmbeddingRequest>> requests(Call call, List<Prompt> texts) {
        List<List<EmbeddingRequest>> requests = new ArrayList<>(texts.size());
        for (Prompt prompt : texts) {
            String field = texts.size() == 1 ? "input" : "input[" + requests.size() + "]";
            List<EmbeddingRequest> pieces = new ArrayList<>();
            for (List<Integer> ids : ids(call, prompt)) {
                Prompt.checkLength(ids.size(), field, call.embedder().limits());
                String id = call.id() + "-" + requests.size() + "-" + pieces.size();
                pieces.add(new EmbeddingRequest(id, ids, call.priority(), call.deadline()));
            }
            requests.add(pieces);
        }
        return requests;
    }

    private static List<List<Integer>> ids(Call call, Prompt prompt) {
        return switch (prompt) {
            case Prompt.Text text when call.split() -> call.embedder().encodeInPieces(text.text());
            case Prompt.Text text -> List.of(call.embedder().encode(text.text()));
            case Prompt.Ids given -> List.of(given.ids());
        };
    }

    /** Few pieces wait at a time, so that a long text does not fill the queue. */
    private static Mono<float[]> vector(TextEmbedder embedder, List<EmbeddingRequest> pieces) {
        if (pieces.size() == 1) {
            return vector(embedder, pieces.getFirst());
        }
        return Flux.fromIterable(pieces)
                .flatMapSequential(piece -> vector(embedder, piece), PIECES_AT_A_TIME)
                .collectList()
                .map(vectors -> mean(vectors, pieces));
    }

    /** The mean weighted by tokens, of length 1. */
    private static float[] mean(List<float[]> vectors, List<EmbeddingRequest> pieces) {
        double[] sum = new double[vectors.getFirst().length];
        for (int piece = 0; piece < pieces.size(); piece++) {
            int weight = pieces.get(piece).tokenIds().size();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += (double) weight * vectors.get(piece)[i];
            }
        }
        double length = Math.max(Math.sqrt(Arrays.stream(sum).map(x -> x * x).sum()), 1e-12);
        float[] unit = new float[sum.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (sum[i] / length);
        }
        return unit;
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
