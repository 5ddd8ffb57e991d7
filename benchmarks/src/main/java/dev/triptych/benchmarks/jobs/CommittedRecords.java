package dev.triptych.benchmarks.jobs;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** How many committed records each id has on a topic. Each look reads on from the last. Used by one thread. */
final class CommittedRecords implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Predicate<ConsumerRecord<byte[], byte[]>> wanted;
    private final Map<String, Integer> counts = new TreeMap<>();

    CommittedRecords(String brokers, String topic, Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
        this.wanted = wanted;
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", brokers,
                        "metadata.recovery.strategy", "none",
                        "default.api.timeout.ms", "180000",
                        "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        var partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /**
     * Reads on for at least one poll, up to what was there when it was called.
     *
     * @throws IllegalStateException if the broker does not give it in time
     */
    Map<String, Integer> read() {
        long until = System.nanoTime() + LIMIT.toNanos();
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        do {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("committed records do not come: read up to "
                        + consumer.assignment().stream()
                                .collect(Collectors.toMap(partition -> partition, consumer::position))
                        + " of " + ends);
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                String id = header(record, "ce_id");
                if (id != null && wanted.test(record)) {
                    counts.merge(id, 1, Integer::sum);
                }
            }
        } while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue()));
        return counts;
    }

    static @Nullable String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
