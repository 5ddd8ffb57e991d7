package dev.triptych.vision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.vision.TinyModels.Golden;
import dev.triptych.wire.ClassificationItem;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.Topics;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** A worker that comes back after it was killed in the middle of a transaction. */
@Timeout(240)
class WorkerRestartIT {

    private static final TopicPartition PARTITION = new TopicPartition(Topics.VISION_REQUESTS, 0);

    /** Ten minutes: without fencing, the group's offset would stay blocked far longer than this test waits. */
    private static final String LONG_TRANSACTION = "600000";

    private static final String LONG_SESSION = "600000";

    @TempDir
    Path folder;

    @Test
    void thePredecessorsOpenTransactionAndItsPartitionsAreFreeAtOnce() {
        EmbeddedKafkaKraftBroker broker =
                new EmbeddedKafkaKraftBroker(1, 1, Topics.VISION_REQUESTS, Topics.VISION_RESULTS, Topics.DEAD_LETTER);
        broker.brokerProperty("transaction.state.log.replication.factor", "1");
        broker.brokerProperty("transaction.state.log.min.isr", "1");
        broker.afterPropertiesSet();
        try {
            String brokers = broker.getBrokersAsString();
            send(brokers, "restart-1");
            Consumer<byte[], byte[]> killedMember = openMember(brokers);
            Producer<byte[], byte[]> killed = openTransaction(brokers, killedMember.groupMetadata());
            try (ConfigurableApplicationContext ignored = start(brokers)) {
                assertThat(results(brokers))
                        .singleElement()
                        .satisfies(result -> assertThat(result.getId()).isEqualTo("restart-1"))
                        .satisfies(result -> assertThat(result.getType()).isEqualTo(EventTypes.CLASSIFIED));
            } finally {
                killed.close(Duration.ZERO);
                killedMember.close(CloseOptions.timeout(Duration.ZERO));
            }
        } finally {
            broker.destroy();
        }
    }

    /** A member that dies holding its partition. Its group waits for it longer than this test waits. */
    private static Consumer<byte[], byte[]> openMember(String brokers) {
        Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", brokers,
                        "group.id", "triptych-vision",
                        "group.instance.id", "triptych-vision-seven-0",
                        "session.timeout.ms", LONG_SESSION,
                        "auto.offset.reset", "earliest",
                        "enable.auto.commit", "false"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.subscribe(List.of(PARTITION.topic()));
        long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (consumer.assignment().isEmpty() && System.nanoTime() < until) {
            consumer.poll(Duration.ofMillis(100));
        }
        assertThat(consumer.assignment()).containsExactly(PARTITION);
        return consumer;
    }

    /** What a worker leaves that dies between its results and its commit. */
    private static Producer<byte[], byte[]> openTransaction(String brokers, ConsumerGroupMetadata member) {
        Producer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", brokers,
                        "transactional.id", "triptych-vision-seven-0",
                        "transaction.timeout.ms", LONG_TRANSACTION),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(Topics.VISION_RESULTS, "half done".getBytes(StandardCharsets.UTF_8)));
        producer.sendOffsetsToTransaction(Map.of(PARTITION, new OffsetAndMetadata(1)), member);
        producer.flush();
        return producer;
    }

    private ConfigurableApplicationContext start(String brokers) {
        return new SpringApplicationBuilder(VisionServiceApplication.class)
                .run(
                        "--server.port=0",
                        "--spring.kafka.bootstrap-servers=" + brokers,
                        "--triptych.kafka.instance-id=seven",
                        "--triptych.kafka.partitions=1",
                        "--triptych.device=cpu",
                        "--triptych.threads=1",
                        "--triptych.models=" + TinyModels.repository(folder));
    }

    private static void send(String brokers, String id) {
        Golden golden = TinyModels.goldens().getFirst();
        ClassificationItem item =
                new ClassificationItem(null, Base64.getEncoder().encodeToString(golden.bytes()), 1);
        CloudEvent event = ItemEvents.event(id, URI.create("/test"), EventTypes.CLASSIFY, OffsetDateTime.now(), item);
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", brokers), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(KafkaMessageFactory.<byte[]>createWriter(
                            PARTITION.topic(), PARTITION.partition(), null, id.getBytes(StandardCharsets.UTF_8))
                    .writeBinary(event));
        }
    }

    /** The first results that a committed reader sees, within a fraction of the dead transaction's timeout. */
    private static List<CloudEvent> results(String brokers) {
        List<CloudEvent> results = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", brokers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topics.VISION_RESULTS).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long until = System.nanoTime() + Duration.ofSeconds(100).toNanos();
            while (results.isEmpty() && System.nanoTime() < until) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    results.add(KafkaMessageFactory.createReader(record).toEvent());
                }
            }
        }
        return results;
    }
}
