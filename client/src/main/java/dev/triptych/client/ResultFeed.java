package dev.triptych.client;

import dev.triptych.wire.Topics;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.cloudevents.rw.CloudEventRWException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads all committed results on a thread of its own and hands on those that are wanted. Belongs to no consumer group. */
final class ResultFeed implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ResultFeed.class);

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Optional<Instant> since;
    private final Predicate<String> wanted;
    private final Consumer<CloudEvent> results;
    private final Thread thread;
    private volatile boolean closed;

    /** @param wanted by id */
    ResultFeed(JobClientSettings settings, Predicate<String> wanted, Consumer<CloudEvent> results) {
        Map<String, Object> consuming = new HashMap<>(settings.more());
        consuming.put("bootstrap.servers", settings.bootstrapServers());
        consuming.put("isolation.level", "read_committed");
        consuming.put("enable.auto.commit", false);
        // A broker that lost its log, or a result that is older than the topic keeps.
        consuming.put("auto.offset.reset", "earliest");
        this.consumer = new KafkaConsumer<>(consuming, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.since = settings.earlier().map(JobClientSettings.Earlier::since);
        this.wanted = wanted;
        this.results = results;
        this.thread = Thread.ofPlatform().daemon().name("triptych-results").unstarted(this::read);
    }

    /** Returns once it is settled from where on results are read. */
    void start() {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : List.of(Topics.TEXT_RESULTS, Topics.VISION_RESULTS)) {
            consumer.partitionsFor(topic).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
        }
        consumer.assign(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        if (since.isPresent()) {
            Map<TopicPartition, Long> times = new HashMap<>();
            partitions.forEach(partition -> times.put(partition, since.get().toEpochMilli()));
            Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(times);
            for (TopicPartition partition : partitions) {
                OffsetAndTimestamp first = found.get(partition);
                consumer.seek(partition, first == null ? ends.getOrDefault(partition, 0L) : first.offset());
            }
        } else {
            ends.forEach(consumer::seek);
        }
        thread.start();
    }

    private void read() {
        try (consumer) {
            while (!closed) {
                try {
                    consumer.poll(POLL).forEach(this::read);
                } catch (WakeupException e) {
                    return;
                } catch (KafkaException e) {
                    log.warn("results cannot be read and are tried again: {}", e.toString());
                    Thread.sleep(POLL);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        Header id = record.headers().lastHeader("ce_id");
        if (id == null || id.value() == null || !wanted.test(new String(id.value(), StandardCharsets.UTF_8))) {
            return;
        }
        try {
            results.accept(KafkaMessageFactory.createReader(record).toEvent());
        } catch (CloudEventRWException e) {
            log.warn("a record on {} is no event: {}", record.topic(), e.toString());
        }
    }

    @Override
    public void close() {
        closed = true;
        if (thread.getState() == Thread.State.NEW) {
            consumer.close();
            return;
        }
        consumer.wakeup();
        try {
            thread.join(CLOSE_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
