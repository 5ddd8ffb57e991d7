package dev.triptych.worker;

import dev.triptych.wire.ChainCall;
import dev.triptych.wire.ChainHop;
import dev.triptych.wire.ChainItem;
import dev.triptych.wire.ChainResult;
import dev.triptych.wire.ChainStep;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.TriptychException;
import dev.triptych.worker.ItemAttempt.Running;
import io.cloudevents.CloudEvent;
import java.util.ArrayList;
import java.util.List;

/** Does this service's step of a chain and makes the request for the next, or, after the last, the result. Stateless. */
final class Chains {

    private final WorkerSettings settings;
    private final ItemReader reader;

    Chains(WorkerSettings settings, ItemReader reader) {
        this.settings = settings;
        this.reader = reader;
    }

    /** @throws TriptychException.Rejected if the next step is not this service's, or lacks what it needs */
    ItemAttempt attempt(CloudEvent event) {
        ChainItem item = ItemEvents.payload(event, ChainItem.class);
        ChainStep step = item.next();
        ChainCall call = ChainCall.of(step.call());
        if (!call.requests().equals(settings.requests())) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD,
                    "steps",
                    "step " + (item.done() + 1) + " is " + step.call() + ", which " + call.requests() + " takes");
        }
        ItemReader.Step work = reader.step(step, item);
        return () -> {
            ItemReader.RunningStep started = work.start();
            return new Running(started.end().thenApply(hop -> outcome(item, hop)), started.cancel());
        };
    }

    private static ItemOutcome outcome(ChainItem item, ChainHop hop) {
        List<ChainHop> hops = new ArrayList<>();
        if (item.hops() != null) {
            hops.addAll(item.hops());
        }
        hops.add(hop);
        if (hops.size() == item.steps().size()) {
            return new ItemOutcome.Answered(hop.model(), EventTypes.CHAINED, new ChainResult(hops));
        }
        String topic = ChainCall.of(item.steps().get(hops.size()).call()).requests();
        return new ItemOutcome.Passed(hop.model(), topic, new ChainItem(item.steps(), null, null, hops));
    }

    /** Where the record that ends an event goes: for a chain to the results of its last step's service, also an error. */
    String results(CloudEvent event) {
        if (!event.getType().equals(EventTypes.CHAIN)) {
            return settings.results();
        }
        try {
            ChainItem item = ItemEvents.payload(event, ChainItem.class);
            return ChainCall.of(item.steps().getLast().call()).results();
        } catch (TriptychException e) {
            return settings.results();
        }
    }
}
