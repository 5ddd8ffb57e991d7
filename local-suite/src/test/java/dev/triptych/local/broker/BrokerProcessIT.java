package dev.triptych.local.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerProcessIT {

    private static final TopicPartition PARTITION = new TopicPartition(Topics.TEXT_REQUESTS, 0);

    @TempDir
    Path folder;

    @Test
    void dataSurvivesAStopAndAKill() throws Exception {
        try (BrokerFixture broker = new BrokerFixture(folder.resolve("kafka")).start()) {
            broker.createTopics();
            produce(broker, "before the stop");
            assertThat(broker.stop()).as("exit code after SIGTERM").isEqualTo(143);

            broker.start();
            produce(broker, "before the kill");
            broker.kill();

            broker.start();
            produce(broker, "after the kill");
            assertThat(read(broker, 3)).containsExactly("before the stop", "before the kill", "after the kill");
        }
    }

    @Test
    void theTopicsAreThere() throws Exception {
        try (BrokerFixture broker = new BrokerFixture(folder.resolve("kafka")).start();
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            broker.createTopics();
            broker.createTopics();

            Map<String, TopicDescription> topics = admin.describeTopics(
                            admin.listTopics().names().get())
                    .allTopicNames()
                    .get();
            assertThat(topics.keySet())
                    .containsExactlyInAnyOrder(
                            Topics.TEXT_REQUESTS,
                            Topics.TEXT_RESULTS,
                            Topics.VISION_REQUESTS,
                            Topics.VISION_RESULTS,
                            Topics.DEAD_LETTER,
                            Topics.JOBS);
            assertThat(topics.values())
                    .allSatisfy(topic -> assertThat(topic.partitions()).hasSize(6));
            ConfigResource jobs = new ConfigResource(ConfigResource.Type.TOPIC, Topics.JOBS);
            assertThat(admin.describeConfigs(List.of(jobs))
                            .all()
                            .get()
                            .get(jobs)
                            .get("cleanup.policy")
                            .value())
                    .isEqualTo("compact");
        }
    }

    @Test
    void aTopicThatNobodyCreatedIsNotMadeByWritingToIt() throws Exception {
        try (BrokerFixture broker = new BrokerFixture(folder.resolve("kafka")).start();
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.bootstrapServers(), "max.block.ms", 3000),
                        new StringSerializer(),
                        new StringSerializer())) {
            assertThatThrownBy(() ->
                            producer.send(new ProducerRecord<>("typo", "x")).get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("typo");
        }
    }

    private static void produce(BrokerFixture broker, String value) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "acks", "all"),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>(PARTITION.topic(), PARTITION.partition(), null, value))
                    .get(60, TimeUnit.SECONDS);
        }
    }

    private static List<String> read(BrokerFixture broker, int count) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            Instant deadline = Instant.now().plusSeconds(60);
            while (values.size() < count && Instant.now().isBefore(deadline)) {
                for (ConsumerRecord<String, String> found : consumer.poll(Duration.ofMillis(200))) {
                    values.add(found.value());
                }
            }
        }
        return values;
    }
}
