package dev.triptych.vision.job;

import dev.triptych.vision.image.ImageLimits;
import dev.triptych.vision.telemetry.VisionMetrics;
import dev.triptych.vision.vit.ImageAnalyzer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.core.KafkaOperations;
import org.springframework.kafka.listener.BatchMessageListener;

/**
 * Ends every record of a poll with exactly one terminal record. The container opens a transaction around each call and
 * adds the offsets to it, so that results and progress are committed together or not at all; a call that throws is
 * rolled back and its records come again.
 *
 * <p>Nothing is sent before all records have ended, which keeps the broker's side of the transaction short however long
 * the model takes.
 */
public final class VisionWorker implements BatchMessageListener<byte[], byte[]> {

    /** Over the analyzer's own deadline, so that its answer is heard. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
    private static final Duration RETRY_LIMIT = Duration.ofSeconds(20);

    private final ItemProcessor processor;
    private final ReplyRecords replies;
    private final KafkaOperations<byte[], byte[]> kafka;
    private final VisionMetrics metrics;

    /**
     * A worker over the same analyzer as the HTTP door.
     *
     * @param deadline the analyzer's
     */
    public static VisionWorker of(
            ImageAnalyzer analyzer,
            ImageLimits limits,
            Duration deadline,
            KafkaOperations<byte[], byte[]> kafka,
            VisionMetrics metrics) {
        Clock clock = Clock.systemUTC();
        ItemProcessor.Patience patience = new ItemProcessor.Patience(deadline.plus(GRACE), FIRST_BACKOFF, RETRY_LIMIT);
        return new VisionWorker(
                new ItemProcessor(new ItemReader(limits), analyzer, clock, patience),
                new ReplyRecords(clock),
                kafka,
                metrics);
    }

    VisionWorker(
            ItemProcessor processor,
            ReplyRecords replies,
            KafkaOperations<byte[], byte[]> kafka,
            VisionMetrics metrics) {
        this.processor = processor;
        this.replies = replies;
        this.kafka = kafka;
        this.metrics = metrics;
    }

    @Override
    public void onMessage(List<ConsumerRecord<byte[], byte[]>> records) {
        try {
            for (Item item : processor.process(records)) {
                end(item);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while waiting for answers; the records come again", e);
        }
    }

    private void end(Item item) {
        var unused = kafka.send(replies.terminal(item));
        switch (item.outcome()) {
            case Item.Answered(var result) -> metrics.itemEnded(result.model(), VisionMetrics.OK);
            case Item.Failed(var reason) -> {
                unused = kafka.send(ReplyRecords.deadLetter(item.record(), reason));
                metrics.itemEnded(VisionMetrics.UNKNOWN_MODEL, reason.code().code());
                metrics.deadLettered(VisionMetrics.UNKNOWN_MODEL);
            }
        }
    }
}
