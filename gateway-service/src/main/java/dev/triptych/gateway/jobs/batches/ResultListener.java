package dev.triptych.gateway.jobs.batches;

import dev.triptych.gateway.jobs.store.ItemResult;
import dev.triptych.gateway.jobs.store.ItemTable;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ConsumerAwareRebalanceListener;

/**
 * Stores results, and in the same transaction how far it has read: the store, not Kafka, says where reading goes on. So
 * a crash repeats nothing and loses nothing, and a replay changes nothing. On the listener's thread, which waits.
 */
public final class ResultListener implements BatchMessageListener<byte[], byte[]>, ConsumerAwareRebalanceListener {

    private final ItemTable items;

    public ResultListener(ItemTable items) {
        this.items = items;
    }

    @Override
    public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            consumer.seek(partition, Waits.get(items.offset(partition.topic(), partition.partition())));
        }
    }

    @Override
    public void onMessage(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<String, Map<Integer, Long>> next = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            next.computeIfAbsent(record.topic(), topic -> new HashMap<>())
                    .merge(record.partition(), record.offset() + 1, Math::max);
        }
        next.forEach((topic, offsets) -> {
            List<ItemResult> results = records.stream()
                    .filter(record -> record.topic().equals(topic))
                    .flatMap(record -> ResultReader.read(record).stream())
                    .toList();
            Waits.run(items.end(results, topic, offsets));
        });
    }
}
