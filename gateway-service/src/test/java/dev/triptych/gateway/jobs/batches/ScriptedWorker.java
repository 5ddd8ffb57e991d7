package dev.triptych.gateway.jobs.batches;

import dev.triptych.wire.ClassificationResult;
import dev.triptych.wire.EndpointAnswer;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemError;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.Topics;
import dev.triptych.wire.WireJson;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import tools.jackson.databind.JsonNode;

/**
 * Answers requests as the services do, only faster: the prompt in capitals. A prompt with "refuse" in it fails. Moves
 * only while it may.
 */
final class ScriptedWorker implements AutoCloseable {

    /** How often each event id was asked for. */
    final Map<String, Integer> asked = new ConcurrentHashMap<>();

    /** The job and the trace of each event. */
    final Map<String, String> origins = new ConcurrentHashMap<>();

    volatile boolean held;
    volatile boolean doubles;

    /** Answers so many more, then holds. */
    volatile int budget = Integer.MAX_VALUE;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Thread thread;
    private volatile boolean closed;

    ScriptedWorker(String brokers) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", brokers,
                        "group.id", "scripted",
                        "auto.offset.reset", "earliest",
                        "max.poll.records", "100"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", brokers), new ByteArraySerializer(), new ByteArraySerializer());
        consumer.subscribe(List.of(Topics.TEXT_REQUESTS, Topics.VISION_REQUESTS));
        thread = Thread.ofPlatform().daemon().name("scripted-worker").start(this::work);
    }

    private void work() {
        while (!closed) {
            boolean still = held || budget <= 0;
            if (still) {
                consumer.pause(consumer.assignment());
            } else {
                consumer.resume(consumer.assignment());
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(20))) {
                answer(KafkaMessageFactory.createReader(record).toEvent());
                budget--;
            }
            producer.flush();
        }
        consumer.close();
    }

    private void answer(CloudEvent request) {
        asked.merge(request.getId(), 1, Integer::sum);
        origins.put(request.getId(), request.getExtension("jobid") + " " + request.getExtension("traceparent"));
        JsonNode value = WireJson.mapper()
                .readTree(Objects.requireNonNull(request.getData()).toBytes());
        boolean vision = request.getType().equals(EventTypes.CLASSIFY);
        String prompt = vision
                ? value.path("image").asString()
                : value.path("body").path("prompt").asString("");
        String type;
        Object payload;
        if (prompt.contains("refuse")) {
            type = EventTypes.FAILED;
            payload = new ItemError("invalid_field", "prompt must not say refuse", "prompt");
        } else if (vision) {
            type = EventTypes.CLASSIFIED;
            payload = new ClassificationResult("flags", 2, 3, List.of(new ClassificationResult.Label(prompt, 0.5)));
        } else {
            type = EventTypes.ANSWERED;
            payload = new EndpointAnswer(WireJson.mapper()
                    .createObjectNode()
                    .put("object", "text_completion")
                    .put("text", prompt.toUpperCase(Locale.ROOT)));
        }
        CloudEvent reply = ItemEvents.reply(request, URI.create("/tests"), type, OffsetDateTime.now(), payload);
        for (int i = 0; i < (doubles ? 2 : 1); i++) {
            producer.send(KafkaMessageFactory.<byte[]>createWriter(
                            vision ? Topics.VISION_RESULTS : Topics.TEXT_RESULTS,
                            request.getId().getBytes(StandardCharsets.UTF_8))
                    .writeBinary(reply));
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join(20_000);
        producer.close();
    }
}
