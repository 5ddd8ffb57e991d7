package dev.triptych.local.letters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.local.broker.BrokerFixture;
import dev.triptych.wire.DeadLetterHeaders;
import dev.triptych.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLettersIT {

    @TempDir
    static Path folder;

    private static BrokerFixture broker;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = new BrokerFixture(folder.resolve("kafka")).start();
        broker.createTopics();
    }

    @AfterAll
    static void stopBroker() throws Exception {
        broker.close();
    }

    @Test
    void lettersAreSentAgainOnceAndAsTheyCame() {
        send(letter("one", "internal", Topics.TEXT_REQUESTS, "first"));
        send(letter("two", "invalid_field", Topics.VISION_REQUESTS, "second"));
        send(letter("three", "internal", "elsewhere", "third"));
        DeadLetters letters = new DeadLetters(broker.bootstrapServers());
        List<String> seen = new ArrayList<>();
        letters.each(letter -> seen.add(letter.id() + " " + letter.reason() + " " + letter.replayed()));
        assertThat(seen)
                .containsExactlyInAnyOrder("one internal false", "two invalid_field false", "three internal false");

        assertThat(letters.replay(letter -> letter.reason().equals("internal"))).isEqualTo(1);
        assertThat(letters.replay(letter -> letter.reason().equals("internal")))
                .as("a second time")
                .isZero();
        ConsumerRecord<byte[], byte[]> request = only(Topics.TEXT_REQUESTS);
        assertThat(new String(request.key(), StandardCharsets.UTF_8)).isEqualTo("one");
        assertThat(new String(request.value(), StandardCharsets.UTF_8)).isEqualTo("first");
        assertThat(StreamSupport.stream(request.headers().spliterator(), false).map(Header::key))
                .containsExactly("ce_id");

        assertThat(letters.replay(letter -> letter.id().equals("two"))).isEqualTo(1);
        assertThat(new String(only(Topics.VISION_REQUESTS).value(), StandardCharsets.UTF_8))
                .isEqualTo("second");
        seen.clear();
        letters.each(letter -> {
            if (letter.replayed()) {
                seen.add(letter.id());
            }
        });
        assertThat(seen).containsExactlyInAnyOrder("one", "two");
    }

    private static ProducerRecord<byte[], byte[]> letter(String id, String code, String topic, String value) {
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(Topics.DEAD_LETTER, bytes(id), bytes(value));
        letter.headers().add("ce_id", bytes(id));
        letter.headers().add(DeadLetterHeaders.CODE, bytes(code));
        letter.headers().add(DeadLetterHeaders.MESSAGE, bytes("why"));
        letter.headers().add(DeadLetterHeaders.TOPIC, bytes(topic));
        return letter;
    }

    private static void send(ProducerRecord<byte[], byte[]> record) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(record);
        }
    }

    /** The one committed record of a topic. */
    private static ConsumerRecord<byte[], byte[]> only(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        assertThat(records).hasSize(1);
        return records.getFirst();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
