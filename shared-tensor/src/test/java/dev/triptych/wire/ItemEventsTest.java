package dev.triptych.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ItemEventsTest {

    private static final URI SOURCE = URI.create("/test");
    private static final OffsetDateTime TIME = OffsetDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

    @Test
    void everyPayloadMeetsItsOwnPublishedSchema() {
        assertSurvives(EventTypes.TRANSLATE, new TranslationItem(null, "en", "de", "Hello", null, null));
        assertSurvives(EventTypes.TRANSLATE, new TranslationItem("m", "en", "de", "Hello", "greedy", 12));
        assertSurvives(
                EventTypes.TRANSLATED, new TranslationResult("m", "greedy", "Hallo", -0.5, 2, 3, List.of("truncated")));
        assertSurvives(EventTypes.CLASSIFY, new ClassificationItem(null, "iVBORw0KGgo=", 3));
        assertSurvives(
                EventTypes.CLASSIFIED,
                new ClassificationResult("m", 4, 5, List.of(new ClassificationResult.Label("Ghana", 0.75))));
        assertSurvives(EventTypes.FAILED, new ItemError("internal", "it broke", null));
    }

    private static void assertSurvives(String type, Object payload) {
        CloudEvent event = ItemEvents.event("1", SOURCE, type, TIME, payload);
        assertThat((Object) ItemEvents.payload(event, payload.getClass())).isEqualTo(payload);
    }

    @Test
    void fieldsAreInSnakeCaseAndAbsentOnesLeftOut() {
        CloudEvent event = ItemEvents.event(
                "1", SOURCE, EventTypes.TRANSLATE, TIME, new TranslationItem(null, "en", "de", "Hi", null, 9));
        assertThat(new String(event.getData().toBytes(), StandardCharsets.UTF_8))
                .isEqualTo("{\"source\":\"en\",\"target\":\"de\",\"input\":\"Hi\",\"max_new_tokens\":9}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'source':'en','target':'de'}|input",
                "{'source':'en','target':'de','input':''}|input",
                "{'source':'en','target':'de','input':5}|input",
                "{'source':'english!','target':'de','input':'x'}|source",
                "{'source':'en','target':'de','input':'x','max_new_tokens':0}|max_new_tokens",
                "{'source':'en','target':'de','input':'x','colour':'red'}|colour",
            })
    void aBrokenRuleNamesItsField(String json, String field) {
        CloudEvent event = withData(json.replace('\'', '"'));
        assertThatThrownBy(() -> ItemEvents.payload(event, TranslationItem.class))
                .isInstanceOfSatisfying(TriptychException.Rejected.class, rejected -> {
                    assertThat(rejected.code()).isEqualTo(ErrorCode.INVALID_FIELD);
                    assertThat(rejected.field()).contains(field);
                });
    }

    @Test
    void whatIsNotJsonIsRefused() {
        assertThatThrownBy(() -> ItemEvents.payload(withData("{oops"), TranslationItem.class))
                .isInstanceOf(TriptychException.Rejected.class);
        assertThatThrownBy(() -> ItemEvents.payload(withData(""), TranslationItem.class))
                .isInstanceOf(TriptychException.Rejected.class);
        assertThatThrownBy(() -> ItemEvents.payload(withData("[]"), TranslationItem.class))
                .isInstanceOf(TriptychException.Rejected.class);
    }

    @Test
    void aReplyKeepsIdAndTrace() {
        CloudEvent request = CloudEventBuilder.v1(withData("{}"))
                .withExtension("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .build();
        CloudEvent reply = ItemEvents.reply(
                request, URI.create("/worker"), EventTypes.FAILED, TIME, new ItemError("internal", "x", null));
        assertThat(reply.getId()).isEqualTo(request.getId());
        assertThat(reply.getSource()).isEqualTo(URI.create("/worker"));
        assertThat(reply.getExtension("traceparent")).isEqualTo(request.getExtension("traceparent"));
    }

    private static CloudEvent withData(String json) {
        return CloudEventBuilder.v1()
                .withId("item-1")
                .withSource(SOURCE)
                .withType(EventTypes.TRANSLATE)
                .withData("application/json", json.getBytes(StandardCharsets.UTF_8))
                .build();
    }
}
