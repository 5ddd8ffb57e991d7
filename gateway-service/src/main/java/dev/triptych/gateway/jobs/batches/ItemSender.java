package dev.triptych.gateway.jobs.batches;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Where requests go. */
public interface ItemSender {

    /**
     * Returns once all are acknowledged; waits no longer than a deadline of its own.
     *
     * @throws RuntimeException where any was not; all may then be sent again
     */
    void send(List<ProducerRecord<byte[], byte[]>> records) throws InterruptedException;
}
