package dev.triptych.gateway.jobs.batches;

import dev.triptych.gateway.access.Caller;
import dev.triptych.gateway.jobs.store.Batch;
import dev.triptych.gateway.jobs.store.BatchStatus;
import dev.triptych.gateway.jobs.store.BatchTable;
import dev.triptych.gateway.jobs.store.FileTable;
import dev.triptych.gateway.jobs.store.Owner;
import dev.triptych.gateway.jobs.store.Page;
import dev.triptych.gateway.jobs.store.StoredFile;
import dev.triptych.gateway.limits.Quotas;
import dev.triptych.gateway.telemetry.TraceParents;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.JsonNode;

/** OpenAI's batch endpoints, and a stream of a batch's progress. */
@RestController
final class BatchController {

    private static final int MAX_LIMIT = 100;
    private static final int DEFAULT_LIMIT = 20;
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

    private final BatchTable batches;
    private final FileTable files;
    private final BatchRules rules;
    private final Quotas quotas;
    private final TraceParents traces;
    private final Clock clock;
    private final Scheduler storeScheduler;

    BatchController(
            BatchStore store,
            BatchRules rules,
            Quotas quotas,
            TraceParents traces,
            Clock clock,
            Scheduler storeScheduler) {
        this.batches = store.batches();
        this.files = store.files();
        this.rules = rules;
        this.quotas = quotas;
        this.traces = traces;
        this.clock = clock;
        this.storeScheduler = storeScheduler;
    }

    @PostMapping(path = "/v1/batches", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<JsonNode> create(
            @RequestBody JsonNode body,
            @RequestHeader(name = "traceparent", required = false) @Nullable String traceParent,
            @RequestAttribute(Caller.ATTRIBUTE) Caller caller) {
        BatchRequest request = BatchRequest.read(body);
        String trace = traces.current(traceParent);
        return files.find(request.inputFileId(), Owner.of(caller))
                .filter(file -> file.purpose().equals(StoredFile.INPUT))
                .switchIfEmpty(Mono.error(() -> new TriptychException.Rejected(
                        ErrorCode.NOT_FOUND,
                        "input_file_id",
                        "input_file_id must name a file of purpose batch, got " + request.inputFileId())))
                .then(batches.active())
                .flatMap(active -> active.size() < rules.maxUnfinished()
                        ? Mono.fromCallable(
                                        () -> batch(request, Owner.of(caller).keyId(), trace))
                                .subscribeOn(storeScheduler)
                        : Mono.error(new TriptychException.Overloaded(
                                ErrorCode.OVERLOADED,
                                RETRY_AFTER,
                                "there are " + active.size() + " batches that have not ended, which is the most")))
                .flatMap(batch -> create(batch, quotas.concurrentJobs(caller)).thenReturn(batch))
                .map(BatchReply::of);
    }

    private Mono<Void> create(Batch batch, OptionalLong most) {
        return most.isEmpty()
                ? batches.create(batch)
                : batches.create(batch, most.getAsLong())
                        .filter(created -> created)
                        .switchIfEmpty(Mono.error(() -> new TriptychException.Overloaded(
                                ErrorCode.OVERLOADED,
                                RETRY_AFTER,
                                "The key has " + most.getAsLong()
                                        + " batches that have not ended, which is its limit.")))
                        .then();
    }

    @GetMapping("/v1/batches")
    Mono<JsonNode> list(
            @RequestParam(required = false) @Nullable Integer limit,
            @RequestParam(required = false) @Nullable String after,
            @RequestAttribute(Caller.ATTRIBUTE) Caller caller) {
        if (limit != null && (limit < 1 || limit > MAX_LIMIT)) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD, "limit", "limit must be from 1 to " + MAX_LIMIT + ", got " + limit);
        }
        return batches.list(new Page(limit == null ? DEFAULT_LIMIT : limit, true, after), Owner.of(caller))
                .map(BatchReply::list);
    }

    @GetMapping("/v1/batches/{id}")
    Mono<JsonNode> one(@PathVariable String id, @RequestAttribute(Caller.ATTRIBUTE) Caller caller) {
        return find(id, caller).map(BatchReply::of);
    }

    /** Canceling what is being canceled, or was, changes nothing. */
    @PostMapping("/v1/batches/{id}/cancel")
    Mono<JsonNode> cancel(@PathVariable String id, @RequestAttribute(Caller.ATTRIBUTE) Caller caller) {
        Instant now = clock.instant();
        return find(id, caller)
                .then(batches.move(id, BatchStatus.VALIDATING, BatchStatus.CANCELLING, now))
                .then(batches.move(id, BatchStatus.IN_PROGRESS, BatchStatus.CANCELLING, now))
                .then(find(id, caller))
                .map(batch -> {
                    if (batch.status() != BatchStatus.CANCELLING && batch.status() != BatchStatus.CANCELLED) {
                        throw new TriptychException.Rejected(
                                ErrorCode.INVALID_REQUEST,
                                "id",
                                "A batch that is " + batch.status().key() + " cannot be canceled.");
                    }
                    return BatchReply.of(batch);
                });
    }

    /** An event whenever something changed, a comment now and then where nothing does, and {@code [DONE]} at the end. */
    @GetMapping("/v1/batches/{id}/events")
    Mono<ResponseEntity<Flux<ServerSentEvent<String>>>> events(
            @PathVariable String id, @RequestAttribute(Caller.ATTRIBUTE) Caller caller) {
        return find(id, caller)
                .map(first -> ResponseEntity.ok()
                        .contentType(MediaType.TEXT_EVENT_STREAM)
                        .body(withKeepAlive(progress(first, caller))));
    }

    private Flux<ServerSentEvent<String>> progress(Batch first, Caller caller) {
        BatchProgress progress = new BatchProgress();
        return Flux.interval(rules.events())
                .onBackpressureDrop()
                .concatMap(tick -> find(first.id(), caller), 1)
                .startWith(first)
                .takeUntil(batch -> batch.status().ended())
                .distinctUntilChanged(batch -> Map.entry(batch.status(), batch.counts()))
                .map(batch -> ServerSentEvent.builder(
                                progress.at(clock.instant(), batch).toString())
                        .event("progress")
                        .build())
                .concatWithValues(ServerSentEvent.builder("[DONE]").build());
    }

    private static Flux<ServerSentEvent<String>> withKeepAlive(Flux<ServerSentEvent<String>> events) {
        return events.publish(shared -> Flux.merge(
                shared,
                Flux.interval(KEEP_ALIVE)
                        .onBackpressureDrop()
                        .map(tick -> ServerSentEvent.<String>builder()
                                .comment("waiting")
                                .build())
                        .takeUntilOther(shared.ignoreElements())));
    }

    private Batch batch(BatchRequest request, @Nullable String keyId, @Nullable String traceParent) {
        Instant now = clock.instant();
        return new Batch(
                ItemId.PREFIX + UUID.randomUUID().toString().replace("-", ""),
                request.endpoint().path(),
                request.inputFileId(),
                request.windowAsGiven(),
                request.metadata(),
                traceParent,
                BatchStatus.VALIDATING,
                null,
                null,
                null,
                keyId,
                new Batch.Counts(0, 0, 0),
                Batch.Cursor.START,
                now,
                now.plus(request.window()),
                Map.of());
    }

    private Mono<Batch> find(String id, Caller caller) {
        return batches.find(id, Owner.of(caller))
                .switchIfEmpty(Mono.error(() -> new TriptychException.Rejected(
                        ErrorCode.NOT_FOUND,
                        "id",
                        "No such batch: " + id + "; GET /v1/batches lists those there are.")));
    }
}
