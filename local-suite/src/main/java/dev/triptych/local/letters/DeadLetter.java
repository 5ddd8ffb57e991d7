package dev.triptych.local.letters;

import dev.triptych.wire.DeadLetterHeaders;
import dev.triptych.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * An item that failed for good.
 *
 * @param record as it lies on the topic
 * @param replayed whether it was sent again
 */
public record DeadLetter(ConsumerRecord<byte[], byte[]> record, boolean replayed) {

    private static final List<String> REPLAYABLE = List.of(Topics.TEXT_REQUESTS, Topics.VISION_REQUESTS);

    /** The item's {@code ce_id}; empty where it was no event. */
    public String id() {
        return header("ce_id");
    }

    /** The error's code. */
    public String reason() {
        return header(DeadLetterHeaders.CODE);
    }

    public String message() {
        return header(DeadLetterHeaders.MESSAGE);
    }

    /** The topic that it was consumed from. */
    public String topic() {
        return header(DeadLetterHeaders.TOPIC);
    }

    public Instant time() {
        return Instant.ofEpochMilli(record.timestamp());
    }

    /** Its name among dead letters. */
    String place() {
        return place(record.partition(), record.offset());
    }

    static String place(int partition, long offset) {
        return "dead-letter-" + partition + "-" + offset;
    }

    /** The request as it came: key, value and headers; empty where it came from no topic of requests. */
    Optional<ProducerRecord<byte[], byte[]>> request() {
        if (!REPLAYABLE.contains(topic())) {
            return Optional.empty();
        }
        RecordHeaders headers = new RecordHeaders();
        for (Header header : record.headers()) {
            if (!header.key().startsWith(DeadLetterHeaders.PREFIX)) {
                headers.add(header);
            }
        }
        return Optional.of(new ProducerRecord<>(topic(), null, record.key(), record.value(), headers));
    }

    private String header(String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
