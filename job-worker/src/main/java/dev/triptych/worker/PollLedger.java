package dev.triptych.worker;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the items of polls that were rolled back: when their records come again, what was finished is not done twice
 * and what runs goes on running. So items that take longer than a poll may still get through. Safe from the
 * listeners' threads, each of which has partitions of its own.
 */
final class PollLedger {

    private final Map<Position, Entry> entries = new ConcurrentHashMap<>();

    private record Position(TopicPartition partition, long offset) {

        static Position of(ConsumerRecord<byte[], byte[]> record) {
            return new Position(new TopicPartition(record.topic(), record.partition()), record.offset());
        }
    }

    /**
     * An item under way.
     *
     * @param job that it belongs to
     * @param timestamp tells a record from one at the same place of a topic that was made anew
     */
    private record Entry(long timestamp, @Nullable String job, ItemWork work) {}

    /** Forgets records whose outcome was committed. */
    void committed(List<ConsumerRecord<byte[], byte[]>> records) {
        records.forEach(record -> entries.remove(Position.of(record)));
    }

    /** Gives up, and cancels, the items of partitions that are another worker's now. */
    void revoked(Collection<TopicPartition> partitions) {
        entries.entrySet().removeIf(entry -> {
            boolean gone = partitions.contains(entry.getKey().partition());
            if (gone) {
                entry.getValue().work().cancel();
            }
            return gone;
        });
    }

    /** The items of a job, as they stand. */
    List<ItemWork> ofJob(String job) {
        return entries.values().stream()
                .filter(entry -> job.equals(entry.job()))
                .map(Entry::work)
                .toList();
    }

    /** The item as it stands, {@code null} where it is new. */
    @Nullable
    ItemWork find(ConsumerRecord<byte[], byte[]> record) {
        Entry entry = entries.get(Position.of(record));
        return entry == null || entry.timestamp() != record.timestamp() ? null : entry.work();
    }

    void add(ConsumerRecord<byte[], byte[]> record, @Nullable String job, ItemWork work) {
        entries.put(Position.of(record), new Entry(record.timestamp(), job, work));
    }
}
