package dev.triptych.client;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a {@link JobClient} works.
 *
 * @param bootstrapServers of the broker
 * @param source the {@code ce_source} of its items: who sends them
 * @param maxPending how many items may be without a result; sending one more waits
 * @param patience how long an item may be without a result, and sending one more may wait
 * @param earlier items that were sent before, by whomever, whose results are wanted too
 * @param more settings of both Kafka clients, such as those for TLS
 */
public record JobClientSettings(
        String bootstrapServers,
        URI source,
        int maxPending,
        Duration patience,
        Optional<Earlier> earlier,
        Map<String, Object> more) {

    /**
     * Items that were sent before.
     *
     * @param since results from then on are read
     * @param ids of the items
     */
    public record Earlier(Instant since, Set<String> ids) {

        public Earlier {
            ids = Set.copyOf(ids);
        }
    }

    /** 1000 items at a time, each within ten minutes. */
    public static JobClientSettings of(String bootstrapServers) {
        return new JobClientSettings(
                bootstrapServers,
                URI.create("/triptych/client"),
                1000,
                Duration.ofMinutes(10),
                Optional.empty(),
                Map.of());
    }

    /** As these, with room for so many items without a result. */
    public JobClientSettings withMaxPending(int items) {
        return new JobClientSettings(bootstrapServers, source, items, patience, earlier, more);
    }

    /** As these, and for items that an earlier run of a program sent: {@link JobClient#result} has their results. */
    public JobClientSettings withEarlier(Instant since, Set<String> ids) {
        return new JobClientSettings(
                bootstrapServers, source, maxPending, patience, Optional.of(new Earlier(since, ids)), more);
    }
}
