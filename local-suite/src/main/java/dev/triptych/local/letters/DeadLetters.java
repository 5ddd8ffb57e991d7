package dev.triptych.local.letters;

import dev.triptych.wire.Topics;
import dev.triptych.wire.WireJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Reads the dead-letter topic and sends letters again. That a letter was sent again is noted on {@link Topics#JOBS} in the
 * same transaction, so that it happens once however often it is asked for. Who replays fences whoever else does.
 */
public final class DeadLetters {

    private static final String REPLAYER = "triptych-dead-letters";
    private static final String LIMIT_MS = "30000";
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration STANDSTILL_LIMIT = Duration.ofSeconds(30);

    private final String bootstrapServers;

    public DeadLetters(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * Shows every letter that there is now, partition by partition.
     *
     * @throws KafkaException if the broker does not answer
     */
    public void each(Consumer<DeadLetter> consumer) {
        Set<String> replayed = replayed();
        read(
                Topics.DEAD_LETTER,
                record -> consumer.accept(new DeadLetter(
                        record, replayed.contains(DeadLetter.place(record.partition(), record.offset())))));
    }

    /**
     * Sends those letters again that are wanted and were not sent before; how many.
     *
     * @throws KafkaException if the broker does not answer, or somebody else began to replay: then nothing was sent
     */
    public int replay(Predicate<DeadLetter> wanted) {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            // First of all: from here on no other replay can commit.
            producer.initTransactions();
            List<String> places = new ArrayList<>();
            producer.beginTransaction();
            each(letter -> {
                if (!letter.replayed() && wanted.test(letter)) {
                    letter.request().ifPresent(request -> {
                        var unused = producer.send(request);
                        unused = producer.send(note(letter));
                        places.add(letter.place());
                    });
                }
            });
            producer.commitTransaction();
            return places.size();
        }
    }

    private static ProducerRecord<byte[], byte[]> note(DeadLetter letter) {
        byte[] value = WireJson.mapper()
                .writeValueAsBytes(WireJson.mapper()
                        .createObjectNode()
                        .put("id", letter.place())
                        .put("status", "replayed"));
        return new ProducerRecord<>(Topics.JOBS, letter.place().getBytes(StandardCharsets.UTF_8), value);
    }

    private Set<String> replayed() {
        Set<String> places = new HashSet<>();
        read(Topics.JOBS, record -> {
            if (record.key() != null) {
                places.add(new String(record.key(), StandardCharsets.UTF_8));
            }
        });
        return places;
    }

    private void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "isolation.level", "read_committed",
                        "default.api.timeout.ms", LIMIT_MS),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long moved = System.nanoTime();
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                var records = consumer.poll(POLL);
                records.forEach(each);
                if (!records.isEmpty()) {
                    moved = System.nanoTime();
                } else if (System.nanoTime() - moved > STANDSTILL_LIMIT.toNanos()) {
                    throw new TimeoutException(topic + " could not be read to its end");
                }
            }
        }
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "transactional.id", REPLAYER,
                        "max.block.ms", LIMIT_MS,
                        "max.request.size", Integer.toString(64 << 20)),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }
}
