package dev.triptych.vision.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.SessionOptions;
import dev.triptych.testkit.Fixtures;
import dev.triptych.vision.ScriptedSessions;
import dev.triptych.vision.batching.BatchListener;
import dev.triptych.vision.batching.BatchSettings;
import dev.triptych.vision.image.ImageDecoder;
import dev.triptych.vision.image.ImageLimits;
import dev.triptych.vision.model.ModelLoader;
import dev.triptych.vision.model.VisionModels;
import dev.triptych.vision.vit.AnalysisListener;
import dev.triptych.vision.vit.ImageAnalyzer;
import dev.triptych.wire.ClassificationItem;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.Topics;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ItemProcessorTest {

    private static final ImageLimits LIMITS = new ImageLimits(1 << 20, 1 << 20);
    private static final Duration TICK = Duration.ofMillis(1);

    @TempDir
    Path repository;

    private final ScriptedSessions sessions = new ScriptedSessions();
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicInteger runs = new AtomicInteger();
    private VisionModels models;

    @BeforeEach
    void load() throws IOException {
        Path folder = Files.createDirectories(repository.resolve("vit/onnx")).getParent();
        for (String file : List.of("config.json", "preprocessor_config.json", "onnx/model.onnx")) {
            Files.copy(Fixtures.path("vit/" + file), folder.resolve(file));
        }
        models = new VisionModels(
                repository,
                new ModelLoader(
                        sessions,
                        new SessionOptions(new DeviceRequest.Cpu(), 1),
                        new BatchSettings(4, Duration.ZERO, 8),
                        new BatchListener() {},
                        Clock.systemUTC()));
        models.load();
    }

    @AfterEach
    void close() {
        models.close();
    }

    @Test
    void aFullServiceIsTriedUntilThereIsRoom() throws Exception {
        refusals.set(7);
        List<Item> items = process(Duration.ofSeconds(20), picture("a"), picture("b"));
        assertThat(items).extracting(Item::outcome).hasOnlyElementsOfType(Item.Answered.class);
        assertThat(refusals).hasValue(0);
    }

    @Test
    void aServiceThatStaysFullGivesThePollBack() {
        refusals.set(Integer.MAX_VALUE);
        assertThatExceptionOfType(ItemProcessor.StillOverloadedException.class)
                .isThrownBy(() -> process(Duration.ofMillis(20), picture("a")))
                .withMessageContaining("waiting to be decoded");
    }

    @Test
    void aFaultOfTheServiceIsTriedAFewTimes() throws Exception {
        failRuns(2);
        assertThat(process(Duration.ofSeconds(20), picture("a")).getFirst().outcome())
                .isInstanceOf(Item.Answered.class);
        assertThat(runs).hasValue(3);
    }

    @Test
    void aFaultThatStaysIsTerminal() throws Exception {
        failRuns(Integer.MAX_VALUE);
        Item item = process(Duration.ofSeconds(20), picture("a")).getFirst();
        assertThat(item.outcome())
                .isInstanceOfSatisfying(
                        Item.Failed.class,
                        failed -> assertThat(failed.reason().code()).isEqualTo(ErrorCode.INTERNAL));
        assertThat(runs).hasValue(3);
    }

    @Test
    void aBadItemIsNotTriedAgainAndHarmsNoOther() throws Exception {
        List<Item> items = process(
                Duration.ofSeconds(20),
                picture("a"),
                event("b", new ClassificationItem(null, "bm90IGEgcGljdHVyZQ==", 1)),
                picture("c"));
        assertThat(items.get(0).outcome()).isInstanceOf(Item.Answered.class);
        assertThat(items.get(1).outcome())
                .isInstanceOfSatisfying(
                        Item.Failed.class,
                        failed -> assertThat(failed.reason().code()).isEqualTo(ErrorCode.UNSUPPORTED_MEDIA_TYPE));
        assertThat(items.get(2).outcome()).isInstanceOf(Item.Answered.class);
    }

    @Test
    void anIdIsTheEventsOrWhereTheRecordLies() throws Exception {
        ConsumerRecord<byte[], byte[]> none = new ConsumerRecord<>(Topics.VISION_REQUESTS, 4, 17, null, new byte[] {1});
        assertThat(ItemReader.id(picture("my-id"))).isEqualTo("my-id");
        assertThat(ItemReader.id(none)).isEqualTo("triptych.vision.requests-4-17");
    }

    private void failRuns(int times) {
        sessions.beforeRun = () -> {
            if (runs.getAndIncrement() < times) {
                throw new IllegalStateException("native");
            }
        };
    }

    @SafeVarargs
    private List<Item> process(Duration patience, ConsumerRecord<byte[], byte[]>... records)
            throws InterruptedException {
        Executor decoding = task -> {
            if (refusals.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                throw new RejectedExecutionException();
            }
            task.run();
        };
        ImageAnalyzer analyzer = new ImageAnalyzer(
                models,
                new ImageDecoder(LIMITS),
                new ImageAnalyzer.Threads(decoding, Runnable::run, Clock.systemUTC()),
                Duration.ofSeconds(10),
                new AnalysisListener() {});
        return new ItemProcessor(
                        new ItemReader(LIMITS),
                        analyzer,
                        Clock.systemUTC(),
                        new ItemProcessor.Patience(Duration.ofSeconds(12), TICK, patience))
                .process(List.of(records));
    }

    private static ConsumerRecord<byte[], byte[]> picture(String id) {
        try {
            byte[] picture = Files.readAllBytes(Fixtures.path("vit/images/rgb-40x30.png"));
            return event(id, new ClassificationItem(null, Base64.getEncoder().encodeToString(picture), 1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ConsumerRecord<byte[], byte[]> event(String id, ClassificationItem item) {
        CloudEvent event = ItemEvents.event(id, URI.create("/test"), EventTypes.CLASSIFY, OffsetDateTime.now(), item);
        ProducerRecord<byte[], byte[]> sent = KafkaMessageFactory.<byte[]>createWriter(
                        Topics.VISION_REQUESTS, id.getBytes(StandardCharsets.UTF_8))
                .writeBinary(event);
        return new ConsumerRecord<>(
                sent.topic(),
                0,
                0,
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                sent.key(),
                sent.value(),
                sent.headers(),
                Optional.empty());
    }
}
