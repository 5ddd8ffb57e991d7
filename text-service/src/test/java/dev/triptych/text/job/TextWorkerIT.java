package dev.triptych.text.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.triptych.text.fake.ScriptedGenerator;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.Topics;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

/** Whatever happens to the worker, a committed reader sees one terminal record for each item. */
class TextWorkerIT extends WorkerFixture {

    @Test
    void everyItemHasOneResultWithItsId() {
        double ok = meters.counter("triptych.batch.items", "model", "en-de", "outcome", "ok")
                .count();
        send("all", 600, "en", "de");
        assertOneResultEach("all", 600);
        assertThat(meters.counter("triptych.batch.items", "model", "en-de", "outcome", "ok")
                                .count()
                        - ok)
                .isEqualTo(600);
        assertThat(probe.committed(Topics.DEAD_LETTER)).hasSize(lettersBefore);
    }

    @Test
    void aTransactionThatFailsBeforeItsCommitLeavesNothingBehind() {
        AtomicInteger left = new AtomicInteger(2);
        container.stop();
        producers.reset();
        producers.addPostProcessor(producer -> before("commitTransaction", producer, () -> fail(left)));
        send("fail", 200, "en", "de");
        container.start();
        assertOneResultEach("fail", 200);
        assertThat(left.get()).isNotPositive();
    }

    @Test
    void aPollOfWhichAPartHadEndedWhenItsOffsetsFailedDoublesNothing() {
        ScriptedGenerator byHand = (ScriptedGenerator) models.ready("de-en").orElseThrow();
        AtomicInteger left = new AtomicInteger(1);
        container.stop();
        producers.reset();
        producers.addPostProcessor(producer -> before("sendOffsetsToTransaction", producer, () -> {
            // What had not ended with the poll's front ends before the poll comes again.
            while (left.get() > 0 && byHand.step()) {}
            fail(left);
        }));
        IntStream.range(0, 20)
                .mapToObj(i -> TopicProbe.request("part-" + i, "de", "en", i < 12 ? "a" : "longer"))
                .forEach(item -> probe.send(onPartition(1, item)));
        container.start();
        await().atMost(PATIENCE).until(() -> byHand.running() == 20);
        byHand.step();
        byHand.step();
        assertThat(awaitResults(20)).hasSize(20);

        probe.send(onPartition(1, TopicProbe.request("part-20", "de", "en", "a")));
        await().atMost(PATIENCE).until(() -> {
            byHand.step();
            return newest(Topics.TEXT_RESULTS, resultsBefore).size() > 20;
        });
        assertThat(awaitResults(21)).containsKey("part-20");
        assertThat(left.get()).isNotPositive();
    }

    @Test
    void aWorkerFencedInTheMiddleOfAPollDoublesNothing() {
        ScriptedGenerator byHand = (ScriptedGenerator) models.ready("de-en").orElseThrow();
        send("fence", 50, "de", "en");
        await().atMost(PATIENCE).until(() -> byHand.running() > 0);
        IntStream.range(0, 6).forEach(consumer -> probe.fence("triptych-text-it-" + consumer));
        await().atMost(PATIENCE).until(() -> {
            byHand.step();
            return newest(Topics.TEXT_RESULTS, resultsBefore).size() >= 50;
        });
        assertOneResultEach("fence", 50);
    }

    @Test
    void aWorkerRestartedInTheMiddleOfAPollLosesAndDoublesNothing() {
        ScriptedGenerator byHand = (ScriptedGenerator) models.ready("de-en").orElseThrow();
        send("restart", 50, "de", "en");
        await().atMost(PATIENCE).until(() -> byHand.running() > 0);
        byHand.step();
        container.stop();
        container.start();
        await().atMost(PATIENCE).until(() -> {
            byHand.step();
            return newest(Topics.TEXT_RESULTS, resultsBefore).size() >= 50;
        });
        assertOneResultEach("restart", 50);
    }

    @Test
    void aPollOverItsTimeGoesOnWhereItWas() {
        ScriptedGenerator byHand = (ScriptedGenerator) models.ready("de-en").orElseThrow();
        int before = byHand.submitted.size();
        send("slow", 20, "de", "en");
        // Two polls' patience, in which no item ends.
        await().atMost(PATIENCE).pollDelay(Duration.ofSeconds(5)).until(() -> byHand.running() == 20);
        await().atMost(PATIENCE).until(() -> {
            byHand.step();
            return newest(Topics.TEXT_RESULTS, resultsBefore).size() >= 20;
        });
        assertOneResultEach("slow", 20);
        assertThat(byHand.submitted.size() - before).isEqualTo(20);
    }

    @Test
    void whatLiesBeforeALongItemDoesNotWaitForIt() {
        List<CloudEvent> items = new ArrayList<>();
        IntStream.range(0, 20).forEach(i -> items.add(TopicProbe.request("front-" + i, "en", "de", "a")));
        items.add(
                ItemEvents.ofJob(TopicProbe.request("endless", "en", "de", ScriptedGenerator.ENDLESS), "endless-job"));
        IntStream.range(0, 9).forEach(i -> items.add(TopicProbe.request("behind-" + i, "en", "de", "a")));
        container.stop();
        items.forEach(item -> probe.send(onPartition(1, item)));
        container.start();
        assertThat(awaitResults(20).keySet()).allMatch(id -> id.startsWith("front-"));

        probe.send(
                new ProducerRecord<>(Topics.JOBS, "endless-job".getBytes(), "{\"status\":\"cancelling\"}".getBytes()));
        Map<String, CloudEvent> results = awaitResults(30);
        assertThat(code(results.get("endless"))).isEqualTo("cancelled");
        assertThat(results).hasSize(30);
    }

    private static ProducerRecord<byte[], byte[]> onPartition(int partition, CloudEvent item) {
        ProducerRecord<byte[], byte[]> record = KafkaMessageFactory.<byte[]>createWriter(
                        Topics.TEXT_REQUESTS, item.getId().getBytes(StandardCharsets.UTF_8))
                .writeBinary(item);
        return new ProducerRecord<>(record.topic(), partition, record.key(), record.value(), record.headers());
    }

    @Test
    void aFullEngineIsWaitedFor() {
        ScriptedGenerator engine = (ScriptedGenerator) models.ready("en-de").orElseThrow();
        engine.capacity(1);
        try {
            send("full", 40, "en", "de");
            assertOneResultEach("full", 40);
        } finally {
            engine.capacity(Integer.MAX_VALUE);
        }
    }

    /** Fails as often as is left. */
    private static void fail(AtomicInteger left) {
        if (left.getAndDecrement() > 0) {
            throw new KafkaException("the test lets this fail");
        }
    }

    @SuppressWarnings("unchecked")
    private static Producer<byte[], byte[]> before(
            String call, Producer<byte[], byte[]> producer, Runnable interruption) {
        return (Producer<byte[], byte[]>) Proxy.newProxyInstance(
                TextWorkerIT.class.getClassLoader(), new Class<?>[] {Producer.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals(call)) {
                        interruption.run();
                    }
                    try {
                        return method.invoke(producer, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
