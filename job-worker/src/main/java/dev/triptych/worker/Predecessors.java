package dev.triptych.worker;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.springframework.kafka.core.ProducerFactory;

/**
 * Those who had this worker's transactional ids before: it opens a producer for each id, which fences them and aborts
 * what they left open. Otherwise the group's offsets would stay blocked until the old transactions' time-out.
 */
final class Predecessors {

    private Predecessors() {}

    /** @param count of transactional ids */
    static void fence(ProducerFactory<byte[], byte[]> producers, int count) {
        List<Producer<byte[], byte[]>> opened = new ArrayList<>();
        try {
            // All at once: one that is closed would be handed out again.
            for (int i = 0; i < count; i++) {
                opened.add(producers.createProducer());
            }
        } finally {
            opened.forEach(Producer::close);
        }
    }
}
