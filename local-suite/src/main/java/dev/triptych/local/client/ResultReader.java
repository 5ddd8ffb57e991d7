package dev.triptych.local.client;

import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemError;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.Topics;
import dev.triptych.wire.TranslationResult;
import dev.triptych.wire.TriptychException;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.cloudevents.rw.CloudEventRWException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Properties;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a job's committed results from where they begin; other jobs' records are skipped by their id alone. Owned by
 * one thread.
 */
final class ResultReader implements AutoCloseable {

    private static final String EVENT_ID = "ce_id";

    private final TranslationJob job;
    private final Consumer<byte[], byte[]> consumer;

    ResultReader(TranslationJob job, JobState state, String bootstrapServers) {
        this.job = job;
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "2000");
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(Topics.TEXT_RESULTS).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        for (TopicPartition partition : partitions) {
            // A partition that was added since holds nothing older than the job.
            consumer.seek(partition, state.resultOffsets().getOrDefault(partition.partition(), 0L));
        }
    }

    /** The outcomes that came since the last call; waits for at most {@code patience} where there are none. */
    List<LineOutcome> poll(Duration patience) {
        List<LineOutcome> outcomes = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> result : consumer.poll(patience)) {
            OptionalInt line = job.lineOf(eventId(result));
            if (line.isPresent()) {
                outcomes.add(outcome(line.getAsInt(), result));
            }
        }
        return outcomes;
    }

    private static String eventId(ConsumerRecord<byte[], byte[]> result) {
        @Nullable Header header = result.headers().lastHeader(EVENT_ID);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    private static LineOutcome outcome(int line, ConsumerRecord<byte[], byte[]> result) {
        try {
            CloudEvent event = KafkaMessageFactory.createReader(result).toEvent();
            return switch (event.getType()) {
                case EventTypes.TRANSLATED -> {
                    TranslationResult translated = ItemEvents.payload(event, TranslationResult.class);
                    yield new LineOutcome.Translated(line, translated.text(), translated.warnings());
                }
                case EventTypes.FAILED -> new LineOutcome.Failed(line, ItemEvents.payload(event, ItemError.class));
                default -> unreadable(line, "its type is " + event.getType());
            };
        } catch (TriptychException | CloudEventRWException e) {
            return unreadable(line, String.valueOf(e.getMessage()));
        }
    }

    private static LineOutcome unreadable(int line, String reason) {
        return new LineOutcome.Failed(
                line, new ItemError("unreadable_result", "the result cannot be read: " + reason, null));
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(2)));
    }
}
