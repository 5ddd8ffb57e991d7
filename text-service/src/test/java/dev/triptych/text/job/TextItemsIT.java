package dev.triptych.text.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.triptych.text.fake.ScriptedGenerator;
import dev.triptych.text.fake.ScriptedModels;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.ParallelDecoders;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.runtime.ModelDescription;
import dev.triptych.wire.EndpointAnswer;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemError;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.Topics;
import dev.triptych.wire.TranslationResult;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What items ask for, and what is answered or refused of them. */
class TextItemsIT extends WorkerFixture {

    @Test
    void badItemsFailAloneWithADeadLetterOfTheOriginalBytes() {
        Map<String, String> expected = new TreeMap<>();
        List<CloudEvent> bad = new ArrayList<>();
        bad.add(TopicProbe.request("pair", "en", "xx", "a"));
        expected.put("pair", "unsupported_language");
        bad.add(TopicProbe.request("long", "en", "de", "a".repeat(100_001)));
        expected.put("long", "invalid_field");
        bad.add(TopicProbe.request("fails", "en", "de", ScriptedGenerator.FAILS));
        expected.put("fails", "internal");
        bad.add(raw("no-json", EventTypes.TRANSLATE, "{"));
        expected.put("no-json", "invalid_request");
        bad.add(raw("schema", EventTypes.TRANSLATE, "{\"source\":\"en\",\"target\":\"de\",\"input\":\"a\",\"x\":1}"));
        expected.put("schema", "invalid_field");
        bad.add(raw("version", "dev.triptych.text.translate.v2", "{}"));
        expected.put("version", "invalid_field");
        probe.send(bad);
        ProducerRecord<byte[], byte[]> noEvent =
                new ProducerRecord<>(Topics.TEXT_REQUESTS, 3, "k".getBytes(), "hello".getBytes());
        probe.send(noEvent);
        probe.send(List.of(TopicProbe.request("good", "en", "de", "fine")));

        Map<String, CloudEvent> results = awaitResults(8);
        assertThat(ItemEvents.payload(results.remove("good"), TranslationResult.class)
                        .text())
                .isEqualTo("FINE");
        Map<String, ConsumerRecord<byte[], byte[]>> letters = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> letter : newest(Topics.DEAD_LETTER, lettersBefore)) {
            if (letter.headers().lastHeader("ce_id") != null) {
                letters.put(TopicProbe.header(letter, "ce_id"), letter);
            }
        }
        String noEventId = results.keySet().stream()
                .filter(id -> id.startsWith(Topics.TEXT_REQUESTS + "-3-"))
                .findFirst()
                .orElseThrow();
        expected.put(noEventId, "invalid_request");
        assertThat(results.keySet()).isEqualTo(expected.keySet());
        expected.forEach((id, code) -> {
            CloudEvent result = results.get(id);
            assertThat(result.getType()).isEqualTo(EventTypes.FAILED);
            assertThat(ItemEvents.payload(result, ItemError.class).code())
                    .as(id)
                    .isEqualTo(code);
        });
        ConsumerRecord<byte[], byte[]> letter = letters.get("no-json");
        assertThat(letter.value()).isEqualTo("{".getBytes());
        assertThat(TopicProbe.header(letter, "ce_type")).isEqualTo(EventTypes.TRANSLATE);
        assertThat(TopicProbe.header(letter, "triptych-error-code")).isEqualTo("invalid_request");
        assertThat(TopicProbe.header(letter, "triptych-error-message")).contains("not valid JSON");
        assertThat(TopicProbe.header(letter, "triptych-source-topic")).isEqualTo(Topics.TEXT_REQUESTS);
        assertThat(Integer.parseInt(TopicProbe.header(letter, "triptych-source-partition")))
                .isBetween(0, 5);
        assertThat(Long.parseLong(TopicProbe.header(letter, "triptych-source-offset")))
                .isNotNegative();
        assertThat(newest(Topics.DEAD_LETTER, lettersBefore)).hasSize(7);
    }

    @Test
    void theTraceOfARequestIsCarried() {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        probe.send(List.of(CloudEventBuilder.v1(TopicProbe.request("traced", "en", "de", "a"))
                .withExtension("traceparent", trace)
                .build()));
        assertThat(awaitResults(1).get("traced").getExtension("traceparent")).isEqualTo(trace);
    }

    @Test
    void anItemsStrategyIsUsedOrRefusedByTheModel() {
        models.add(
                        ScriptedModels.translator("drafter", "en", "fr", ModelDescription.Status.READY),
                        ScriptedModels.LIMITS.with(new ParallelDecoders(
                                Optional.of(new ParallelDecoders.Ctc(2, 0)), Optional.empty(), false)))
                .runByItself();
        try {
            probe.send(List.of(
                    raw(
                            "served",
                            EventTypes.TRANSLATE,
                            "{\"source\":\"en\",\"target\":\"fr\",\"input\":\"a\",\"strategy\":\"ctc\"}"),
                    raw(
                            "refused",
                            EventTypes.TRANSLATE,
                            "{\"source\":\"en\",\"target\":\"de\",\"input\":\"a\",\"strategy\":\"ctc\"}"),
                    raw(
                            "chosen",
                            EventTypes.TRANSLATE,
                            "{\"source\":\"en\",\"target\":\"fr\",\"input\":\"a\",\"strategy\":\"auto\"}")));
            Map<String, CloudEvent> results = awaitResults(3);
            assertThat(ItemEvents.payload(results.get("chosen"), TranslationResult.class)
                            .strategy())
                    .isEqualTo("greedy");
            assertThat(ItemEvents.payload(results.get("served"), TranslationResult.class)
                            .strategy())
                    .isEqualTo("ctc");
            ItemError error = ItemEvents.payload(results.get("refused"), ItemError.class);
            assertThat(error.code()).isEqualTo("unsupported_strategy");
            assertThat(error.message()).contains("[greedy, beam, sample] for this model");
        } finally {
            models.remove("drafter");
        }
    }

    @Test
    void anEndpointsItemIsAnsweredAsOverHttp() {
        probe.send(List.of(
                call(
                        "translation",
                        "/v1/translations",
                        "{\"source\":\"en\",\"target\":\"de\",\"input\":[\"a\",\"b\"]}"),
                call("completion", "/v1/completions", "{\"model\":\"en-de\",\"prompt\":\"text\",\"temperature\":0}"),
                call("url", "/v1/images", "{}"),
                call("stream", "/v1/completions", "{\"model\":\"en-de\",\"prompt\":\"a\",\"stream\":true}"),
                call("model", "/v1/completions", "{\"model\":\"none\",\"prompt\":\"a\"}"),
                call("embedder", "/v1/embeddings", "{\"model\":\"none\",\"input\":\"a\"}"),
                call("chat", "/v1/chat/completions", "{\"messages\":[]}"),
                call(
                        "type",
                        "/v1/translations",
                        "{\"source\":\"en\",\"target\":\"de\",\"input\":\"a\",\"nonsense\":1}")));
        Map<String, CloudEvent> results = awaitResults(8);

        JsonNode translation = answer(results.get("translation"));
        assertThat(translation
                        .path("data")
                        .valueStream()
                        .map(each -> each.path("text").asString()))
                .containsExactly("A", "B");
        assertThat(translation.path("usage").path("completion_tokens").asInt()).isPositive();
        JsonNode completion = answer(results.get("completion"));
        assertThat(completion.path("object").asString()).isEqualTo("text_completion");
        assertThat(completion.path("choices").path(0).path("text").asString()).isEqualTo("TEXT");

        Map<String, String> fields = Map.ofEntries(
                Map.entry("url", "/url"),
                Map.entry("stream", "stream"),
                Map.entry("model", "model"),
                Map.entry("embedder", "model"),
                Map.entry("chat", "model"),
                Map.entry("type", "nonsense"));
        fields.forEach((id, field) -> assertThat(
                        ItemEvents.payload(results.get(id), ItemError.class).field())
                .as(id)
                .isEqualTo(field));
    }

    @Test
    void itemsOfACanceledJobEndAtOnceAndTheirRowsAreFree() {
        ScriptedGenerator byHand = (ScriptedGenerator) models.ready("de-en").orElseThrow();
        List<CloudEvent> items = IntStream.range(0, 20)
                .mapToObj(i -> ItemEvents.ofJob(TopicProbe.request("job-" + i, "de", "en", "text"), "job"))
                .toList();
        probe.send(items.subList(0, 10));
        await().atMost(PATIENCE).until(() -> byHand.running() == 10);
        probe.send(new ProducerRecord<>(Topics.JOBS, "job".getBytes(), "{\"status\":\"cancelling\"}".getBytes()));
        assertThat(awaitResults(10).values())
                .allSatisfy(result -> assertThat(code(result)).isEqualTo("cancelled"));
        await().atMost(PATIENCE).until(() -> !byHand.step());

        int before = byHand.submitted.size();
        probe.send(items.subList(10, 20));
        assertThat(awaitResults(20).values())
                .allSatisfy(result -> assertThat(code(result)).isEqualTo("cancelled"));
        assertThat(byHand.submitted).hasSize(before);
        assertThat(probe.committed(Topics.DEAD_LETTER)).hasSize(lettersBefore);
    }

    @Test
    void anItemEndsAtItsDeadlineAndOneThatIsTooLateDoesNotBegin() {
        ScriptedGenerator byHand = (ScriptedGenerator) models.ready("de-en").orElseThrow();
        int before = byHand.submitted.size();
        OffsetDateTime now = OffsetDateTime.now();
        probe.send(List.of(
                extended("late", "deadline", now.minusSeconds(1).toString()),
                extended("no-time", "deadline", "tomorrow"),
                extended("no-priority", "priority", "highest")));
        Map<String, CloudEvent> results = awaitResults(3);
        assertThat(code(results.get("late"))).isEqualTo("deadline_exceeded");
        assertThat(ItemEvents.payload(results.get("no-time"), ItemError.class).field())
                .isEqualTo("ce_deadline");
        assertThat(ItemEvents.payload(results.get("no-priority"), ItemError.class)
                        .field())
                .isEqualTo("ce_priority");
        assertThat(byHand.submitted).hasSize(before);

        // It never ends by itself.
        probe.send(List.of(extended(
                "running", "deadline", OffsetDateTime.now().plusSeconds(5).toString())));
        assertThat(code(awaitResults(4).get("running"))).isEqualTo("deadline_exceeded");
        await().atMost(PATIENCE).until(() -> !byHand.step());
    }

    @Test
    void anItemsPriorityIsTheEngines() {
        ScriptedGenerator engine = (ScriptedGenerator) models.ready("en-de").orElseThrow();
        int before = engine.submitted.size();
        probe.send(List.of(CloudEventBuilder.v1(TopicProbe.request("urgent", "en", "de", "a"))
                .withExtension("priority", "interactive")
                .build()));
        awaitResults(1);
        probe.send(List.of(TopicProbe.request("patient", "en", "de", "a")));
        awaitResults(2);
        assertThat(engine.submitted.subList(before, before + 2))
                .extracting(GenerationRequest::priority)
                .containsExactly(Priority.INTERACTIVE, Priority.BATCH);
    }

    /** Nothing of this project here, and no CloudEvents library: headers, JSON and Kafka's own clients. */
    @Test
    void aProducerWithPlainClientsFindsItsResultByItsId() {
        ProducerRecord<byte[], byte[]> request = new ProducerRecord<>(
                "triptych.text.requests",
                "plain-1".getBytes(),
                "{\"source\":\"en\",\"target\":\"de\",\"input\":\"by hand\"}".getBytes());
        Map.of(
                        "ce_specversion", "1.0",
                        "ce_id", "plain-1",
                        "ce_source", "/somebody",
                        "ce_type", "dev.triptych.text.translate.v1",
                        "content-type", "application/json")
                .forEach((name, value) -> request.headers().add(name, value.getBytes()));
        probe.send(request);
        await().atMost(PATIENCE)
                .until(() -> newest("triptych.text.results", resultsBefore).size() == 1);
        ConsumerRecord<byte[], byte[]> result =
                newest("triptych.text.results", resultsBefore).getFirst();
        assertThat(TopicProbe.header(result, "ce_id")).isEqualTo("plain-1");
        assertThat(TopicProbe.header(result, "ce_type")).isEqualTo("dev.triptych.text.translated.v1");
        assertThat(new String(result.value(), StandardCharsets.UTF_8)).contains("\"text\":\"BY HAND\"");
    }

    private static CloudEvent extended(String id, String extension, String value) {
        return CloudEventBuilder.v1(TopicProbe.request(id, "de", "en", "text"))
                .withExtension(extension, value)
                .build();
    }

    private static CloudEvent call(String id, String url, String body) {
        return raw(id, EventTypes.CALL, "{\"url\":\"" + url + "\",\"body\":" + body + "}");
    }

    private static JsonNode answer(CloudEvent result) {
        assertThat(result.getType()).as(result.getId()).isEqualTo(EventTypes.ANSWERED);
        return ItemEvents.payload(result, EndpointAnswer.class).body();
    }
}
