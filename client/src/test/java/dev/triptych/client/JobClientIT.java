package dev.triptych.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemError;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.Topics;
import dev.triptych.wire.TranslationItem;
import dev.triptych.wire.TranslationResult;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.kafka.test.EmbeddedKafkaBroker;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** Against a real broker; the worker of this test answers in capitals, except to "bad", which fails, and "never". */
@Timeout(120)
class JobClientIT {

    private static EmbeddedKafkaBroker broker;
    private static Thread worker;
    private static volatile boolean closed;

    @BeforeAll
    static void start() {
        broker = new EmbeddedKafkaKraftBroker(
                1, 3, Topics.TEXT_REQUESTS, Topics.TEXT_RESULTS, Topics.VISION_REQUESTS, Topics.VISION_RESULTS);
        broker.brokerProperties(Map.of("group.initial.rebalance.delay.ms", "0"));
        broker.afterPropertiesSet();
        worker = Thread.ofPlatform().daemon().start(JobClientIT::work);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        closed = true;
        worker.join(20_000);
        broker.destroy();
    }

    @Test
    void eachItemsFutureHasItsOwnResult() throws Exception {
        try (JobClient client = JobClient.connect(settings(50))) {
            List<CompletableFuture<TranslationResult>> results = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                results.add(client.translate(item("text " + i)));
            }
            for (int i = 0; i < 500; i++) {
                assertThat(results.get(i).get().text()).isEqualTo("TEXT " + i);
            }
        }
    }

    @Test
    void anErrorIsThrownWithItsCode() throws Exception {
        try (JobClient client = JobClient.connect(settings(10))) {
            CompletableFuture<TranslationResult> result = client.translate(item("bad"));
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(result::get)
                    .havingCause()
                    .isInstanceOfSatisfying(
                            ItemFailedException.class,
                            failed -> assertThat(failed.error().code()).isEqualTo(ErrorCode.INTERNAL.code()));
        }
    }

    @Test
    void whatHasNoResultInTimeFailsAndMakesRoom() throws Exception {
        JobClientSettings patient = settings(1);
        try (JobClient client = JobClient.connect(new JobClientSettings(
                patient.bootstrapServers(), patient.source(), 1, Duration.ofSeconds(3), Optional.empty(), Map.of()))) {
            CompletableFuture<TranslationResult> never = client.translate(item("never"));
            TranslationResult next = client.translate(item("next")).get();
            assertThat(next.text()).isEqualTo("NEXT");
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(never::get)
                    .withCauseInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void aLaterClientFindsTheResultsOfAnEarlierOne() throws Exception {
        Instant before = Instant.now().minusSeconds(1);
        CloudEvent event = ItemEvents.event(
                "kept", URI.create("/tests"), EventTypes.TRANSLATE, OffsetDateTime.now(), item("kept"));
        try (JobClient client = JobClient.connect(settings(10))) {
            client.send(Topics.TEXT_REQUESTS, event, TranslationResult.class).get();
        }
        try (JobClient later = JobClient.connect(settings(10).withEarlier(before, Set.of("kept")))) {
            CompletableFuture<TranslationResult> result = later.result("kept", TranslationResult.class);
            assertThat(result.get(60, TimeUnit.SECONDS).text()).isEqualTo("KEPT");
        }
    }

    private static JobClientSettings settings(int maxPending) {
        return JobClientSettings.of(broker.getBrokersAsString()).withMaxPending(maxPending);
    }

    private static TranslationItem item(String text) {
        return new TranslationItem(null, "en", "de", text, null, null);
    }

    private static void work() {
        Map<String, Object> brokers = Map.of("bootstrap.servers", broker.getBrokersAsString());
        Map<String, Object> consuming = Map.of(
                "bootstrap.servers", broker.getBrokersAsString(), "group.id", "tests", "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(consuming, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                var producer = new KafkaProducer<>(brokers, new ByteArraySerializer(), new ByteArraySerializer())) {
            consumer.subscribe(List.of(Topics.TEXT_REQUESTS));
            while (!closed) {
                consumer.poll(Duration.ofMillis(50)).forEach(record -> {
                    CloudEvent request =
                            KafkaMessageFactory.createReader(record).toEvent();
                    String text =
                            ItemEvents.payload(request, TranslationItem.class).input();
                    if (!text.equals("never")) {
                        producer.send(KafkaMessageFactory.<byte[]>createWriter(Topics.TEXT_RESULTS, record.key())
                                .writeBinary(reply(request, text)));
                    }
                });
            }
        }
    }

    private static CloudEvent reply(CloudEvent request, String text) {
        boolean bad = text.equals("bad");
        Object payload = bad
                ? new ItemError(ErrorCode.INTERNAL.code(), "bad", null)
                : new TranslationResult("m", "greedy", text.toUpperCase(Locale.ROOT), 0, 1, 1, List.of());
        return ItemEvents.reply(
                request,
                URI.create("/tests"),
                bad ? EventTypes.FAILED : EventTypes.TRANSLATED,
                OffsetDateTime.now(),
                payload);
    }
}
