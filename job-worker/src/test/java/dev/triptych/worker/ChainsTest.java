package dev.triptych.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.triptych.wire.ChainHop;
import dev.triptych.wire.ChainItem;
import dev.triptych.wire.ChainResult;
import dev.triptych.wire.ChainStep;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.Topics;
import dev.triptych.wire.TriptychException;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChainsTest {

    private static final ChainStep CLASSIFY = new ChainStep("vision.classify", null, 2, null, null, null);
    private static final ChainStep TRANSLATE = new ChainStep("text.translate", null, null, "en", "de", null);

    /** A service whose step answers the texts in capitals, or of a picture its name. */
    private static final class Capitals implements ItemReader {

        @Override
        public ItemAttempt attempt(CloudEvent event) {
            throw new AssertionError("no chain");
        }

        @Override
        public Step step(ChainStep step, ChainItem item) {
            List<String> texts = step.call().equals("vision.classify")
                    ? List.of(item.requireImage())
                    : item.requireTexts().stream()
                            .map(text -> text.toUpperCase(Locale.ROOT))
                            .toList();
            return () -> new RunningStep(
                    CompletableFuture.completedFuture(new ChainHop(step.call(), "model", texts, null)), () -> {});
        }
    }

    private static Chains chains(String service, String requests, String results) {
        return new Chains(
                new WorkerSettings(
                        service,
                        requests,
                        results,
                        new WorkerSettings.TopicSettings(1, (short) 1, 1000, Duration.ofDays(1)),
                        "it",
                        1,
                        1,
                        1,
                        Duration.ofSeconds(1)),
                new Capitals());
    }

    private final Chains vision = chains("vision", Topics.VISION_REQUESTS, Topics.VISION_RESULTS);
    private final Chains text = chains("text", Topics.TEXT_REQUESTS, Topics.TEXT_RESULTS);

    @Test
    void eachServiceAddsAHopAndTheLastOneAnswers() {
        ChainItem item = new ChainItem(List.of(CLASSIFY, TRANSLATE), "picture", null, null);
        ItemOutcome.Passed passed = (ItemOutcome.Passed) end(vision, event(item));
        assertThat(passed.topic()).isEqualTo(Topics.TEXT_REQUESTS);
        ChainHop label = new ChainHop("vision.classify", "model", List.of("picture"), null);
        assertThat(passed.payload())
                .as("without the picture, which nobody needs any more")
                .isEqualTo(new ChainItem(item.steps(), null, null, List.of(label)));

        ItemOutcome.Answered answered = (ItemOutcome.Answered) end(text, event(passed.payload()));
        assertThat(answered.type()).isEqualTo(EventTypes.CHAINED);
        assertThat(answered.payload())
                .isEqualTo(new ChainResult(
                        List.of(label, new ChainHop("text.translate", "model", List.of("PICTURE"), null))));
    }

    @Test
    void theEndOfAChainIsOnTheResultsOfItsLastStepsService() {
        assertThat(vision.results(event(new ChainItem(List.of(CLASSIFY, TRANSLATE), "picture", null, null))))
                .isEqualTo(Topics.TEXT_RESULTS);
        assertThat(vision.results(event(new ChainItem(List.of(CLASSIFY), "picture", null, null))))
                .isEqualTo(Topics.VISION_RESULTS);
        assertThat(vision.results(json("{"))).isEqualTo(Topics.VISION_RESULTS);
    }

    @Test
    void theNextRequestKeepsWhatTheFirstSaidOfItself() {
        CloudEvent first = CloudEventBuilder.v1(event(new ChainItem(List.of(CLASSIFY), "picture", null, null)))
                .withExtension("jobid", "job")
                .withExtension("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .withExtension("deadline", "2026-01-01T00:00:00Z")
                .withExtension("priority", "interactive")
                .build();
        CloudEvent next = ItemEvents.next(first, EventTypes.CHAIN, OffsetDateTime.now(), new ChainResult(List.of()));
        assertThat(next.getId()).isEqualTo("id");
        for (String name : List.of("jobid", "traceparent", "deadline", "priority")) {
            assertThat(next.getExtension(name)).isEqualTo(first.getExtension(name));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'steps':[]}                                                                       | /steps",
                "{'steps':[{'call':'text.summarize'}],'texts':['a']}                                | /steps/0/call",
                "{'steps':[{'call':'text.translate','source':'en'}],'texts':['a']}                  | target",
                "{'steps':[{'call':'text.translate','source':'en','target':'de'}]}                  | texts",
                "{'steps':[{'call':'vision.classify'}],'image':'a'}                                 | steps",
                "{'steps':[{'call':'text.translate','source':'en','target':'de'},{'call':'vision.classify'}],'texts':['a']} | steps",
                "{'steps':[{'call':'text.translate','source':'en','target':'de'}],'hops':[{'call':'text.translate','model':'m','texts':['a']}]} | hops"
            })
    void whatCannotBeDoneNamesItsField(String json, String field) {
        CloudEvent event = json(json.replace('\'', '"'));
        assertThatExceptionOfType(TriptychException.Rejected.class)
                .isThrownBy(() -> text.attempt(event))
                .satisfies(rejected -> assertThat(rejected.field()).isEqualTo(field));
    }

    private static ItemOutcome end(Chains chains, CloudEvent event) {
        return chains.attempt(event).start().end().join();
    }

    private static CloudEvent event(ChainItem item) {
        return ItemEvents.event("id", URI.create("/test"), EventTypes.CHAIN, OffsetDateTime.now(), item);
    }

    private static CloudEvent json(String json) {
        return CloudEventBuilder.v1()
                .withId("id")
                .withSource(URI.create("/test"))
                .withType(EventTypes.CHAIN)
                .withData("application/json", json.getBytes(StandardCharsets.UTF_8))
                .build();
    }
}
