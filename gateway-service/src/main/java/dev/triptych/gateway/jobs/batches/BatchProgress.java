package dev.triptych.gateway.jobs.batches;

import dev.triptych.gateway.jobs.store.Batch;
import dev.triptych.gateway.jobs.store.BatchStatus;
import dev.triptych.wire.WireJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import tools.jackson.databind.node.ObjectNode;

/** Turns looks at a batch into progress: counts, and from the last looks rate and time left. For one stream. */
final class BatchProgress {

    /** Rates are measured over this long. */
    private static final Duration SPAN = Duration.ofSeconds(30);

    private static final double NANOS = 1e9;

    private final Deque<Look> looks = new ArrayDeque<>();

    private record Look(Instant time, int ended) {}

    /** What is known at {@code now}; rate in items a second, {@code null} until there are two looks at running items. */
    ObjectNode at(Instant now, Batch batch) {
        Batch.Counts counts = batch.counts();
        ObjectNode progress = WireJson.mapper()
                .createObjectNode()
                .put("id", batch.id())
                .put("status", batch.status().key());
        progress.set("request_counts", BatchReply.counts(counts));
        double rate = batch.status() == BatchStatus.IN_PROGRESS ? rate(new Look(now, counts.ended())) : 0;
        if (rate > 0) {
            progress.put("items_per_second", Math.round(rate * 10) / 10.0)
                    .put("seconds_left", (long) Math.ceil((counts.total() - counts.ended()) / rate));
        } else {
            progress.putNull("items_per_second").putNull("seconds_left");
        }
        return progress;
    }

    private double rate(Look look) {
        looks.addLast(look);
        while (looks.size() > 2
                && Duration.between(looks.getFirst().time(), look.time()).compareTo(SPAN) > 0) {
            looks.removeFirst();
        }
        double seconds = Duration.between(looks.getFirst().time(), look.time()).toNanos() / NANOS;
        return seconds <= 0 ? 0 : (look.ended() - looks.getFirst().ended()) / seconds;
    }
}
