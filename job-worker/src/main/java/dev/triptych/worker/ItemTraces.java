package dev.triptych.worker;

import io.cloudevents.CloudEvent;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One span for each item, from its arrival here to its outcome; its parent is the trace that the event carries. All that
 * an attempt starts belongs to it. Safe from any thread.
 */
final class ItemTraces {

    private final ObservationRegistry registry;

    /** @param registry {@link ObservationRegistry#NOOP} where nobody traces */
    ItemTraces(ObservationRegistry registry) {
        this.registry = registry;
    }

    /** An item's span, begun. */
    record Traced(Observation observation) {

        ItemAttempt around(ItemAttempt attempt) {
            return observation.isNoop()
                    ? attempt
                    : () -> {
                        try (Observation.Scope _ = observation.openScope()) {
                            return attempt.start();
                        }
                    };
        }

        void until(CompletableFuture<ItemOutcome> outcome) {
            if (!observation.isNoop()) {
                var unused = outcome.whenComplete(this::end);
            }
        }

        private void end(@Nullable ItemOutcome outcome, @Nullable Throwable given) {
            if (outcome instanceof ItemOutcome.Failed(var reason)) {
                observation.error(reason);
            }
            observation.highCardinalityKeyValue("triptych.outcome", name(outcome));
            observation.stop();
        }

        private static String name(@Nullable ItemOutcome outcome) {
            return switch (outcome) {
                case ItemOutcome.Answered ignored -> "answered";
                case ItemOutcome.Passed ignored -> "passed on";
                case ItemOutcome.Skipped ignored -> "skipped";
                case ItemOutcome.Failed ignored -> "failed";
                case null -> "given back";
            };
        }
    }

    Traced begin(CloudEvent event) {
        if (registry.isNoop()) {
            return new Traced(Observation.NOOP);
        }
        ReceiverContext<CloudEvent> context = new ReceiverContext<>(ItemTraces::header, Kind.CONSUMER);
        context.setCarrier(event);
        return new Traced(Observation.createNotStarted("triptych.item", () -> context, registry)
                .contextualName("item " + event.getType())
                .highCardinalityKeyValue("messaging.system", "kafka")
                .highCardinalityKeyValue("cloudevents.event_id", event.getId())
                .highCardinalityKeyValue("cloudevents.event_type", event.getType())
                .start());
    }

    private static @Nullable String header(CloudEvent event, String name) {
        Object value = event.getExtension(name);
        return value == null ? null : value.toString();
    }
}
