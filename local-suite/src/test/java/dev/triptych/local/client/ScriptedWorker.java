package dev.triptych.local.client;

import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemError;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.Topics;
import dev.triptych.wire.TranslationItem;
import dev.triptych.wire.TranslationResult;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Stands in for text-service on the topics: consumes, "translates" and answers in transactions, out of order, on a
 * thread of its own. Texts that contain {@link #BAD} fail. It answers only as many items as it was allowed.
 */
final class ScriptedWorker implements AutoCloseable {

    static final String BAD = "BAD";

    private static final URI SOURCE = URI.create("/test/worker");

    private final String bootstrapServers;
    private final AtomicInteger allowance = new AtomicInteger();
    private final Random random = new Random(42);
    private final Thread thread = new Thread(this::work, "scripted-worker");
    private volatile boolean closing;

    ScriptedWorker(String bootstrapServers, int allowance) {
        this.bootstrapServers = bootstrapServers;
        this.allowance.set(allowance);
        thread.start();
    }

    void allow(int more) {
        allowance.addAndGet(more);
    }

    static String translated(String text) {
        return "[" + text + "]";
    }

    private void work() {
        Map<String, Object> consumerSettings = Map.of(
                "bootstrap.servers", bootstrapServers,
                "group.id", "scripted-worker",
                "isolation.level", "read_committed",
                "enable.auto.commit", "false",
                "auto.offset.reset", "earliest",
                "max.poll.records", "100");
        Map<String, Object> producerSettings =
                Map.of("bootstrap.servers", bootstrapServers, "transactional.id", "worker-" + UUID.randomUUID());
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        consumerSettings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                KafkaProducer<String, byte[]> producer =
                        new KafkaProducer<>(producerSettings, new StringSerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            consumer.subscribe(List.of(Topics.TEXT_REQUESTS));
            List<ConsumerRecord<byte[], byte[]>> backlog = new ArrayList<>();
            while (!closing) {
                consumer.poll(Duration.ofMillis(50)).forEach(backlog::add);
                int count = Math.min(allowance.get(), Math.min(backlog.size(), 100));
                if (count > 0) {
                    List<ConsumerRecord<byte[], byte[]>> batch = backlog.subList(0, count);
                    answer(List.copyOf(batch), consumer, producer);
                    batch.clear();
                    allowance.addAndGet(-count);
                }
            }
        }
    }

    private void answer(
            List<ConsumerRecord<byte[], byte[]>> batch,
            KafkaConsumer<byte[], byte[]> consumer,
            KafkaProducer<String, byte[]> producer) {
        List<ConsumerRecord<byte[], byte[]>> shuffled = new ArrayList<>(batch);
        Collections.shuffle(shuffled, random);
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        producer.beginTransaction();
        for (ConsumerRecord<byte[], byte[]> request : shuffled) {
            CloudEvent event = reply(KafkaMessageFactory.createReader(request).toEvent());
            producer.send(KafkaMessageFactory.<String>createWriter(Topics.TEXT_RESULTS, event.getId())
                    .writeBinary(event));
        }
        for (ConsumerRecord<byte[], byte[]> request : batch) {
            offsets.put(
                    new TopicPartition(request.topic(), request.partition()),
                    new OffsetAndMetadata(request.offset() + 1));
        }
        producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
        producer.commitTransaction();
    }

    private static CloudEvent reply(CloudEvent request) {
        TranslationItem item = ItemEvents.payload(request, TranslationItem.class);
        OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
        return item.input().contains(BAD)
                ? ItemEvents.reply(
                        request, SOURCE, EventTypes.FAILED, now, new ItemError("invalid_field", "a bad line", "input"))
                : ItemEvents.reply(
                        request,
                        SOURCE,
                        EventTypes.TRANSLATED,
                        now,
                        new TranslationResult("m", "greedy", translated(item.input()), -1, 1, 1, List.of()));
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        thread.join(Duration.ofSeconds(30));
    }
}
