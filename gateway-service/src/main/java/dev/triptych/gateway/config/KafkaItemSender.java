package dev.triptych.gateway.config;

import dev.triptych.gateway.jobs.batches.ItemSender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.springframework.kafka.core.KafkaOperations;

/** Sends over Kafka's idempotent producer. */
final class KafkaItemSender implements ItemSender {

    private final KafkaOperations<byte[], byte[]> kafka;
    private final Duration limit;

    /** @param limit for all acknowledgements of one call */
    KafkaItemSender(KafkaOperations<byte[], byte[]> kafka, Duration limit) {
        this.kafka = kafka;
        this.limit = limit;
    }

    @Override
    public void send(List<ProducerRecord<byte[], byte[]>> records) throws InterruptedException {
        List<CompletableFuture<?>> sent = new ArrayList<>(records.size());
        for (ProducerRecord<byte[], byte[]> record : records) {
            sent.add(kafka.send(record));
        }
        try {
            CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new))
                    .get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaException("requests were not acknowledged: " + e.getMessage(), e);
        }
    }
}
