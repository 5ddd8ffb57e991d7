package dev.triptych.text.job;

import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.Topics;
import dev.triptych.wire.TranslationItem;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A producer of requests and a committed reader of what comes of them. */
final class TopicProbe implements AutoCloseable {

    private final String brokers;
    private final KafkaProducer<byte[], byte[]> producer;

    TopicProbe(String brokers) {
        this.brokers = brokers;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", brokers), new ByteArraySerializer(), new ByteArraySerializer());
    }

    static CloudEvent request(String id, String source, String target, String input) {
        return ItemEvents.event(
                id,
                URI.create("/tests"),
                EventTypes.TRANSLATE,
                OffsetDateTime.now(),
                new TranslationItem(null, source, target, input, null, null));
    }

    void send(List<CloudEvent> requests) {
        List<Future<?>> sent = new ArrayList<>();
        for (CloudEvent request : requests) {
            sent.add(producer.send(KafkaMessageFactory.<byte[]>createWriter(
                            Topics.TEXT_REQUESTS, request.getId().getBytes(StandardCharsets.UTF_8))
                    .writeBinary(request)));
        }
        sent.forEach(TopicProbe::get);
    }

    void send(ProducerRecord<byte[], byte[]> record) {
        get(producer.send(record));
    }

    private static void get(Future<?> future) {
        try {
            future.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Opens a producer of that transactional id, as a successor of the worker's process would. */
    void fence(String transactionalId) {
        try (KafkaProducer<byte[], byte[]> successor = new KafkaProducer<>(
                Map.of("bootstrap.servers", brokers, "transactional.id", transactionalId),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            successor.initTransactions();
        }
    }

    /** Everything committed on a topic so far. */
    List<ConsumerRecord<byte[], byte[]>> committed(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", brokers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }

    static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        producer.close();
    }
}
