package dev.triptych.client;

import dev.triptych.wire.ChainCall;
import dev.triptych.wire.ChainItem;
import dev.triptych.wire.ChainResult;
import dev.triptych.wire.ClassificationItem;
import dev.triptych.wire.ClassificationResult;
import dev.triptych.wire.EndpointAnswer;
import dev.triptych.wire.EndpointItem;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemError;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.Topics;
import dev.triptych.wire.TranslationItem;
import dev.triptych.wire.TranslationResult;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends items to the job topics and completes a future with each one's result, whatever is killed in between: a future
 * fails with {@link ItemFailedException} where the item has an error, with {@link TimeoutException} where nothing came
 * within the settings' patience. Safe from any thread; results are completed on a thread of its own, which callbacks must
 * not block.
 *
 * <pre>{@code
 * try (JobClient client = JobClient.connect(JobClientSettings.of("127.0.0.1:9092"))) {
 *     TranslationItem item = new TranslationItem(null, "en", "de", "Good morning.", null, null);
 *     System.out.println(client.translate(item).get().text());
 * }
 * }</pre>
 */
public final class JobClient implements AutoCloseable {

    private final JobClientSettings settings;
    private final Producer<byte[], byte[]> producer;
    private final ResultFeed feed;
    private final Semaphore room;
    private final Map<String, CompletableFuture<CloudEvent>> pending = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<CloudEvent>> earlier;

    private JobClient(JobClientSettings settings) {
        this.settings = settings;
        this.room = new Semaphore(settings.maxPending());
        this.earlier = settings.earlier().map(JobClientSettings.Earlier::ids).orElse(Set.of()).stream()
                .collect(Collectors.toUnmodifiableMap(id -> id, id -> new CompletableFuture<>()));
        this.feed = new ResultFeed(settings, id -> pending.containsKey(id) || earlier.containsKey(id), this::ended);
        Map<String, Object> producing = new HashMap<>(settings.more());
        producing.put("bootstrap.servers", settings.bootstrapServers());
        producing.put("acks", "all");
        producing.put("enable.idempotence", true);
        // Of two requests a broker that has just started may take the second, and refuse the first for ever
        // (KAFKA-15591).
        producing.put("max.in.flight.requests.per.connection", 1);
        producing.put("max.request.size", 64 << 20);
        this.producer = new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * Returns once results are read, so that none is missed.
     *
     * @throws org.apache.kafka.common.KafkaException if no broker answers
     */
    public static JobClient connect(JobClientSettings settings) {
        JobClient client = new JobClient(settings);
        client.feed.start();
        return client;
    }

    public CompletableFuture<TranslationResult> translate(TranslationItem item) throws InterruptedException {
        return send(Topics.TEXT_REQUESTS, event(EventTypes.TRANSLATE, item), TranslationResult.class);
    }

    /** A request to one of the text endpoints, as over HTTP. */
    public CompletableFuture<EndpointAnswer> call(EndpointItem item) throws InterruptedException {
        return send(Topics.TEXT_REQUESTS, event(EventTypes.CALL, item), EndpointAnswer.class);
    }

    public CompletableFuture<ClassificationResult> classify(ClassificationItem item) throws InterruptedException {
        return send(Topics.VISION_REQUESTS, event(EventTypes.CLASSIFY, item), ClassificationResult.class);
    }

    /** An item that passes several services. */
    public CompletableFuture<ChainResult> chain(ChainItem item) throws InterruptedException {
        return send(ChainCall.of(item.next().call()).requests(), event(EventTypes.CHAIN, item), ChainResult.class);
    }

    /**
     * Sends an event of the caller's making, with an id of its own and extensions such as {@code deadline}.
     *
     * @param topic of requests
     * @param resultType what its result is read as
     * @throws IllegalStateException if an item of that id waits already, or no room came in time
     */
    public <T> CompletableFuture<T> send(String topic, CloudEvent event, Class<T> resultType)
            throws InterruptedException {
        CompletableFuture<T> result = await(event.getId(), resultType);
        ProducerRecord<byte[], byte[]> record = KafkaMessageFactory.<byte[]>createWriter(
                        topic, event.getId().getBytes(StandardCharsets.UTF_8))
                .writeBinary(event);
        var unused = producer.send(record, (metadata, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    /**
     * The result of an item that was sent before.
     *
     * @param id one of {@link JobClientSettings#earlier}'s
     */
    public <T> CompletableFuture<T> result(String id, Class<T> resultType) {
        CompletableFuture<CloudEvent> waiting = earlier.get(id);
        if (waiting == null) {
            throw new IllegalArgumentException(id + " is none of the items that the client was told of");
        }
        return waiting.thenApply(event -> read(event, resultType))
                .orTimeout(settings.patience().toNanos(), TimeUnit.NANOSECONDS);
    }

    private <T> CompletableFuture<T> await(String id, Class<T> resultType) throws InterruptedException {
        if (!room.tryAcquire(settings.patience().toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException(
                    settings.maxPending() + " items wait for results since " + settings.patience());
        }
        CompletableFuture<CloudEvent> waiting = new CompletableFuture<>();
        if (pending.putIfAbsent(id, waiting) != null) {
            room.release();
            throw new IllegalStateException("an item of the id " + id + " waits already");
        }
        CompletableFuture<T> result = waiting.thenApply(event -> read(event, resultType));
        var unused = result.orTimeout(settings.patience().toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((ended, failure) -> {
                    pending.remove(id);
                    room.release();
                });
        return result;
    }

    private CloudEvent event(String type, Object payload) {
        return ItemEvents.event(
                UUID.randomUUID().toString(), settings.source(), type, OffsetDateTime.now(ZoneOffset.UTC), payload);
    }

    private void ended(CloudEvent event) {
        for (var items : List.of(pending, earlier)) {
            CompletableFuture<CloudEvent> waiting = items.get(event.getId());
            if (waiting != null) {
                waiting.complete(event);
            }
        }
    }

    private static <T> T read(CloudEvent event, Class<T> resultType) {
        if (event.getType().equals(EventTypes.FAILED)) {
            throw new ItemFailedException(event.getId(), ItemEvents.payload(event, ItemError.class));
        }
        return ItemEvents.payload(event, resultType);
    }

    /** Ends what waits with a {@link java.util.concurrent.CancellationException}; what was sent is worked on all the same. */
    @Override
    public void close() {
        producer.close();
        feed.close();
        pending.values().forEach(waiting -> waiting.cancel(false));
        earlier.values().forEach(waiting -> waiting.cancel(false));
    }
}
