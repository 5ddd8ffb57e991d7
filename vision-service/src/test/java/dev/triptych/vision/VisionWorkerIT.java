package dev.triptych.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.triptych.vision.TinyModels.Golden;
import dev.triptych.wire.ClassificationItem;
import dev.triptych.wire.ClassificationResult;
import dev.triptych.wire.DetectionItem;
import dev.triptych.wire.DetectionResult;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemError;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.SegmentationItem;
import dev.triptych.wire.SegmentationResult;
import dev.triptych.wire.SegmentationResult.Segment;
import dev.triptych.wire.Topics;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.test.EmbeddedKafkaBroker;
import org.springframework.kafka.test.context.EmbeddedKafka;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The Kafka door over a real graph and a real broker. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "triptych.device=cpu",
            "triptych.threads=1",
            "triptych.vision.decode-queue=2",
            "triptych.kafka.instance-id=it",
            // A reader here may create a topic first, with one partition: it must not grow under the worker.
            "triptych.kafka.partitions=1"
        })
@EmbeddedKafka(
        partitions = 1,
        bootstrapServersProperty = "spring.kafka.bootstrap-servers",
        brokerProperties = {
            "transaction.state.log.replication.factor=1",
            "transaction.state.log.min.isr=1",
            "offsets.topic.num.partitions=2",
            "transaction.state.log.num.partitions=2",
            "group.initial.rebalance.delay.ms=0"
        })
@Timeout(180)
class VisionWorkerIT {

    private static final URI SOURCE = URI.create("/test");
    private static final AtomicInteger FAILURES = new AtomicInteger();

    /** By name of a producer's method: what happens before its next call, once what was sent has arrived. */
    private static final Map<String, Runnable> BEFORE = new ConcurrentHashMap<>();

    @TempDir
    static Path folder;

    @Autowired
    private EmbeddedKafkaBroker broker;

    @DynamicPropertySource
    static void models(DynamicPropertyRegistry registry) {
        registry.add("triptych.models", () -> {
            Path repository = TinyModels.repository(folder);
            try {
                TinyModels.copy("yolos", repository.resolve("detector"));
                TinyModels.copy("segformer", repository.resolve("segmenter"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return repository.toString();
        });
    }

    /** Lets as many commits of the worker's offsets fail as {@link #FAILURES} says: results are sent, then aborted. */
    @TestConfiguration
    static class Mishaps {

        @Bean
        static BeanPostProcessor mishaps() {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String name) {
                    if (bean instanceof DefaultKafkaProducerFactory<?, ?> factory) {
                        factory.addPostProcessor(Mishaps::failing);
                    }
                    return bean;
                }
            };
        }

        @SuppressWarnings("unchecked")
        private static <K, V> Producer<K, V> failing(Producer<K, V> producer) {
            return (Producer<K, V>) Proxy.newProxyInstance(
                    VisionWorkerIT.class.getClassLoader(),
                    new Class<?>[] {Producer.class},
                    (self, method, arguments) -> {
                        Runnable before = BEFORE.remove(method.getName());
                        if (before != null) {
                            producer.flush();
                            before.run();
                        }
                        if (method.getName().equals("sendOffsetsToTransaction")
                                && FAILURES.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                            producer.flush();
                            throw new KafkaException("the test lets this commit fail");
                        }
                        try {
                            return method.invoke(producer, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }

    @Test
    void everyItemHasExactlyOneTerminalRecordAlsoAfterAbortedTransactions() {
        FAILURES.set(2);
        List<Golden> goldens = TinyModels.goldens();
        int rounds = 4;
        for (int round = 0; round < rounds; round++) {
            for (Golden golden : goldens) {
                send("once-" + round + "-" + golden, EventTypes.CLASSIFY, item(golden.bytes(), null));
            }
        }
        List<CloudEvent> results = results("once-", rounds * goldens.size(), "read_committed");
        assertThat(results)
                .extracting(CloudEvent::getId)
                .doesNotHaveDuplicates()
                .hasSize(rounds * goldens.size());
        for (CloudEvent result : results) {
            assertThat(result.getType()).isEqualTo(EventTypes.CLASSIFIED);
            ClassificationResult payload = ItemEvents.payload(result, ClassificationResult.class);
            Golden golden = goldens.stream()
                    .filter(g -> result.getId().endsWith("-" + g))
                    .findFirst()
                    .orElseThrow();
            assertThat(payload.labels().getFirst().label()).isEqualTo(golden.label());
            assertThat(payload.width()).isEqualTo(golden.width());
            assertThat(payload.model()).isEqualTo("tiny");
        }
        assertThat(FAILURES).hasValue(0);
        assertThat(results("once-", rounds * goldens.size(), "read_uncommitted"))
                .as("aborted attempts left records that committed readers do not see")
                .hasSizeGreaterThan(rounds * goldens.size());
    }

    /** Before its first result, between its results and its offsets, and with nothing left but to commit. */
    @ParameterizedTest
    @ValueSource(strings = {"send", "sendOffsetsToTransaction", "commitTransaction"})
    void aFencedWorkerTakesItsRecordsUpAgain(String call) {
        Golden golden = TinyModels.goldens().getFirst();
        String prefix = "fenced-" + call + "-";
        BEFORE.put(call, this::fence);
        for (int i = 0; i < 20; i++) {
            send(prefix + i, EventTypes.CLASSIFY, item(golden.bytes(), null));
        }
        assertThat(results(prefix, 20, "read_committed"))
                .extracting(CloudEvent::getId)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 20).mapToObj(i -> prefix + i).toList());
        assertThat(BEFORE).isEmpty();
    }

    /** Opens producers of the worker's transactional ids, as another process of its instance id would. */
    private void fence() {
        for (String id : List.of("triptych-vision-it-0", "triptych-vision-it-1")) {
            try (Producer<byte[], byte[]> other = new KafkaProducer<>(
                    Map.of("bootstrap.servers", broker.getBrokersAsString(), "transactional.id", id),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                other.initTransactions();
            }
        }
    }

    @Test
    void badItemsFailAloneAndGoToTheDeadLetterTopicAsTheyCame() {
        Golden golden = TinyModels.goldens().getFirst();
        byte[] text = "no picture".getBytes(StandardCharsets.UTF_8);
        send("bad-good-1", EventTypes.CLASSIFY, item(golden.bytes(), "tiny"));
        send("bad-text", EventTypes.CLASSIFY, item(text, null));
        send("bad-model", EventTypes.CLASSIFY, item(golden.bytes(), "nope"));
        send("bad-type", "dev.triptych.vision.classify.v9", item(golden.bytes(), null));
        send("bad-schema", EventTypes.CLASSIFY, Map.of("picture", "x"));
        byte[] noEvent = "not a CloudEvent".getBytes(StandardCharsets.UTF_8);
        byte[] key = "their-key".getBytes(StandardCharsets.UTF_8);
        produce(new ProducerRecord<>(Topics.VISION_REQUESTS, key, noEvent));
        send("bad-good-2", EventTypes.CLASSIFY, item(golden.bytes(), "tiny"));

        Map<String, String> codes = new HashMap<>();
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            codes.clear();
            for (CloudEvent event : events(records(Topics.VISION_RESULTS, "read_committed"))) {
                if (event.getId().startsWith("bad-") || event.getId().startsWith(Topics.VISION_REQUESTS)) {
                    String code = event.getType().equals(EventTypes.FAILED)
                            ? ItemEvents.payload(event, ItemError.class).code()
                            : "ok";
                    assertThat(codes.put(event.getId().startsWith("bad-") ? event.getId() : "no event", code))
                            .isNull();
                }
            }
            assertThat(codes).hasSize(7);
        });
        assertThat(codes)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "bad-good-1", "ok",
                        "bad-good-2", "ok",
                        "bad-text", "unsupported_media_type",
                        "bad-model", "model_not_found",
                        "bad-type", "invalid_field",
                        "bad-schema", "invalid_field",
                        "no event", "invalid_request"));

        List<ConsumerRecord<byte[], byte[]>> letters = records(Topics.DEAD_LETTER, "read_committed");
        assertThat(letters).hasSize(5);
        ConsumerRecord<byte[], byte[]> letter = letters.stream()
                .filter(record -> Arrays.equals(record.value(), noEvent))
                .findFirst()
                .orElseThrow();
        assertThat(letter.key()).isEqualTo(key);
        assertThat(header(letter, "triptych-error-code")).isEqualTo("invalid_request");
        assertThat(header(letter, "triptych-error-message")).contains("not a CloudEvent");
        assertThat(header(letter, "triptych-source-topic")).isEqualTo(Topics.VISION_REQUESTS);
        assertThat(header(letter, "triptych-source-partition")).matches("\\d");
        assertThat(header(letter, "triptych-source-offset")).matches("\\d+");
        assertThat(letters).anySatisfy(record -> {
            assertThat(header(record, "ce_id")).isEqualTo("bad-text");
            assertThat(header(record, "ce_type")).isEqualTo(EventTypes.CLASSIFY);
        });
    }

    @Test
    void itemsOfAllTasksShareAPoll() {
        String picture = Base64.getEncoder().encodeToString(TinyModels.picture("photo-200x150.jpg"));
        send("task-detect", EventTypes.DETECT, new DetectionItem("detector", picture, 3, 0.1));
        send("task-segment", EventTypes.SEGMENT, new SegmentationItem(null, picture, null, null));
        send("task-classify", EventTypes.CLASSIFY, new ClassificationItem(null, picture, 2));
        send("task-wrong", EventTypes.DETECT, new DetectionItem("tiny", picture, null, null));
        Map<String, CloudEvent> results = new HashMap<>();
        results("task-", 4, "read_committed").forEach(event -> results.put(event.getId(), event));
        assertThat(results.get("task-detect").getType()).isEqualTo(EventTypes.DETECTED);
        DetectionResult found = ItemEvents.payload(results.get("task-detect"), DetectionResult.class);
        assertThat(found.model()).isEqualTo("detector");
        assertThat(found.objects()).hasSize(3);
        assertThat(results.get("task-segment").getType()).isEqualTo(EventTypes.SEGMENTED);
        SegmentationResult segments = ItemEvents.payload(results.get("task-segment"), SegmentationResult.class);
        assertThat(segments.segments().stream().mapToLong(Segment::area).sum()).isEqualTo(200 * 150);
        assertThat(results.get("task-classify").getType()).isEqualTo(EventTypes.CLASSIFIED);
        assertThat(ItemEvents.payload(results.get("task-wrong"), ItemError.class)
                        .field())
                .isEqualTo("model");
    }

    /** The decode queue holds two pictures here, so a poll of forty has to wait its turn again and again. */
    @Test
    void aFullServiceDelaysItemsButFailsNone() {
        Golden golden = TinyModels.goldens().getLast();
        for (int i = 0; i < 40; i++) {
            send("full-" + i, EventTypes.CLASSIFY, item(golden.bytes(), null));
        }
        assertThat(results("full-", 40, "read_committed"))
                .hasSize(40)
                .allSatisfy(event -> assertThat(event.getType()).isEqualTo(EventTypes.CLASSIFIED));
    }

    @Test
    void repliesCarryTheTraceAndTheirIdAsKey() {
        Golden golden = TinyModels.goldens().getFirst();
        String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        CloudEvent request = CloudEventBuilder.v1(ItemEvents.event(
                        "trace-1", SOURCE, EventTypes.CLASSIFY, OffsetDateTime.now(), item(golden.bytes(), null)))
                .withExtension("traceparent", trace)
                .build();
        produce(KafkaMessageFactory.<byte[]>createWriter(Topics.VISION_REQUESTS, (byte[]) null)
                .writeBinary(request));
        CloudEvent reply = results("trace-", 1, "read_committed").getFirst();
        assertThat(reply.getExtension("traceparent")).isEqualTo(trace);
        assertThat(records(Topics.VISION_RESULTS, "read_committed"))
                .filteredOn(record -> "trace-1".equals(header(record, "ce_id")))
                .singleElement()
                .satisfies(record -> assertThat(new String(record.key(), StandardCharsets.UTF_8))
                        .isEqualTo("trace-1"));
    }

    private static ClassificationItem item(byte[] image, String model) {
        return new ClassificationItem(model, Base64.getEncoder().encodeToString(image), 3);
    }

    private void send(String id, String type, Object payload) {
        CloudEvent event = ItemEvents.event(id, SOURCE, type, OffsetDateTime.now(), payload);
        produce(KafkaMessageFactory.<byte[]>createWriter(Topics.VISION_REQUESTS, id.getBytes(StandardCharsets.UTF_8))
                .writeBinary(event));
    }

    private void produce(ProducerRecord<byte[], byte[]> record) {
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.getBrokersAsString()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(record);
        }
    }

    private List<CloudEvent> results(String prefix, int count, String isolation) {
        List<CloudEvent> found = new ArrayList<>();
        await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
            found.clear();
            for (CloudEvent event : events(records(Topics.VISION_RESULTS, isolation))) {
                if (event.getId().startsWith(prefix)) {
                    found.add(event);
                }
            }
            assertThat(found).hasSizeGreaterThanOrEqualTo(count);
        });
        return found;
    }

    private static List<CloudEvent> events(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream()
                .map(record -> KafkaMessageFactory.createReader(record).toEvent())
                .toList();
    }

    /** Everything that a reader sees on a topic by now. */
    private List<ConsumerRecord<byte[], byte[]>> records(String topic, String isolation) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.getBrokersAsString(), "isolation.level", isolation),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long until = System.nanoTime() + Duration.ofSeconds(5).toNanos();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())
                    && System.nanoTime() < until) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
