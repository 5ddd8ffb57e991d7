package dev.triptych.benchmarks.jobs;

import dev.triptych.wire.ChainCall;
import dev.triptych.wire.ChainItem;
import dev.triptych.wire.ChainStep;
import dev.triptych.wire.ClassificationItem;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.Topics;
import dev.triptych.wire.TranslationItem;
import dev.triptych.wire.WireJson;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.clients.producer.ProducerRecord;
import tools.jackson.databind.node.ObjectNode;

/** The requests of a chaos run. Every {@value #BAD_EVERY}th asks for a language that there is not, and has an error. */
final class ChaosItems {

    static final int BAD_EVERY = 50;

    /** Of direct requests, one in so many is a picture. */
    private static final int PICTURE_EVERY = 10;

    /** And one a chain: what is on a flag, in German. */
    private static final int CHAIN_EVERY = 25;

    private static final URI SOURCE = URI.create("/triptych/benchmarks");

    /** The smallest picture that is one: a PNG of 1 × 1. */
    private static final String PICTURE =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private final String flag;

    /** @param flag a picture that a chain asks about */
    ChaosItems(byte[] flag) {
        this.flag = Base64.getEncoder().encodeToString(flag);
    }

    static String directId(int number) {
        return String.format(Locale.ROOT, "direct-%06d", number);
    }

    static boolean isBad(int number) {
        return number % BAD_EVERY == BAD_EVERY / 2 + 2;
    }

    static boolean isChain(int number) {
        return number % CHAIN_EVERY == 1;
    }

    ProducerRecord<byte[], byte[]> direct(int number) {
        if (isChain(number)) {
            return record(number, EventTypes.CHAIN, Topics.VISION_REQUESTS, chain());
        }
        if (number % PICTURE_EVERY == 0) {
            return record(
                    number, EventTypes.CLASSIFY, Topics.VISION_REQUESTS, new ClassificationItem(null, PICTURE, 1));
        }
        TranslationItem text =
                new TranslationItem(null, "en", isBad(number) ? "xx" : "de", Sentences.of(number), null, null);
        return record(number, EventTypes.TRANSLATE, Topics.TEXT_REQUESTS, text);
    }

    private ChainItem chain() {
        return new ChainItem(
                List.of(
                        new ChainStep(ChainCall.CLASSIFY.call(), null, 2, null, null, null),
                        new ChainStep(ChainCall.TRANSLATE.call(), null, null, "en", "de", null)),
                flag,
                null,
                null);
    }

    private static ProducerRecord<byte[], byte[]> record(int number, String type, String topic, Object payload) {
        String id = directId(number);
        CloudEvent event = ItemEvents.event(id, SOURCE, type, OffsetDateTime.now(ZoneOffset.UTC), payload);
        return KafkaMessageFactory.<byte[]>createWriter(topic, id.getBytes(StandardCharsets.UTF_8))
                .writeBinary(event);
    }

    /** One line of a batch of translations. */
    static String translationLine(int number) {
        ObjectNode body = WireJson.mapper()
                .createObjectNode()
                .put("source", "en")
                .put("target", isBad(number) ? "xx" : "de")
                .put("input", Sentences.of(number));
        return line(number, "/v1/translations", body);
    }

    /** One line of a batch of pictures. */
    static String classificationLine(int number) {
        return line(
                number,
                "/v1/vision/classifications",
                WireJson.mapper().createObjectNode().put("image", PICTURE));
    }

    private static String line(int number, String url, ObjectNode body) {
        ObjectNode line = WireJson.mapper()
                .createObjectNode()
                .put("custom_id", "item-" + number)
                .put("method", "POST")
                .put("url", url);
        line.set("body", body);
        return line.toString();
    }
}
