package dev.triptych.text.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.triptych.text.fake.KafkaDoor;
import dev.triptych.text.fake.OneBroker;
import dev.triptych.text.fake.ScriptedModels;
import dev.triptych.wire.ItemError;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.Topics;
import dev.triptych.wire.TranslationResult;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;

/** The worker before scripted models and a real broker, and what a committed reader has seen since the test began. */
@SpringBootTest(
        classes = KafkaDoor.class,
        webEnvironment = SpringBootTest.WebEnvironment.NONE,
        properties = {"triptych.kafka.instance-id=it", "triptych.kafka.poll-patience=2s"})
@OneBroker
abstract class WorkerFixture {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    @Autowired
    ScriptedModels models;

    @Autowired
    MeterRegistry meters;

    @Autowired
    DefaultKafkaProducerFactory<byte[], byte[]> producers;

    @Autowired
    ConcurrentMessageListenerContainer<byte[], byte[]> container;

    @Value("${spring.kafka.bootstrap-servers}")
    String brokers;

    TopicProbe probe;
    int resultsBefore;
    int lettersBefore;

    @BeforeEach
    void open() {
        await().atMost(PATIENCE).until(this::isSettled);
        probe = new TopicProbe(brokers);
        resultsBefore = probe.committed(Topics.TEXT_RESULTS).size();
        lettersBefore = probe.committed(Topics.DEAD_LETTER).size();
    }

    /** Each consumer has its partition: while they still join, what one has begun is another's a moment later. */
    private boolean isSettled() {
        return container.isRunning()
                && container.getContainers().stream()
                        .map(KafkaMessageListenerContainer::getAssignedPartitions)
                        .allMatch(own -> own != null && own.size() == 1);
    }

    @AfterEach
    void close() {
        probe.close();
    }

    void send(String prefix, int count, String source, String target) {
        probe.send(IntStream.range(0, count)
                .mapToObj(i -> TopicProbe.request(prefix + "-" + i, source, target, "Text of " + prefix + " " + i))
                .toList());
    }

    void assertOneResultEach(String prefix, int count) {
        Map<String, CloudEvent> results = awaitResults(count);
        for (int i = 0; i < count; i++) {
            CloudEvent result = results.remove(prefix + "-" + i);
            assertThat(ItemEvents.payload(result, TranslationResult.class).text())
                    .isEqualTo(("Text of " + prefix + " " + i).toUpperCase(Locale.ROOT));
        }
        assertThat(results).isEmpty();
    }

    /** The results since the test began, once there are that many; no id may come twice. */
    Map<String, CloudEvent> awaitResults(int count) {
        await().atMost(PATIENCE)
                .until(() -> newest(Topics.TEXT_RESULTS, resultsBefore).size() >= count);
        List<ConsumerRecord<byte[], byte[]>> records = newest(Topics.TEXT_RESULTS, resultsBefore);
        assertThat(records).hasSize(count);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(TopicProbe.header(record, "ce_id"));
        }
        return records.stream()
                .map(record -> KafkaMessageFactory.createReader(record).toEvent())
                .collect(Collectors.toMap(CloudEvent::getId, event -> event));
    }

    List<ConsumerRecord<byte[], byte[]>> newest(String topic, int before) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(probe.committed(topic));
        records.sort(Comparator.comparingLong(ConsumerRecord::timestamp));
        return records.subList(before, records.size());
    }

    static CloudEvent raw(String id, String type, String value) {
        return CloudEventBuilder.v1()
                .withId(id)
                .withSource(URI.create("/tests"))
                .withType(type)
                .withTime(OffsetDateTime.now())
                .withData("application/json", value.getBytes(StandardCharsets.UTF_8))
                .build();
    }

    static String code(CloudEvent result) {
        return ItemEvents.payload(result, ItemError.class).code();
    }
}
