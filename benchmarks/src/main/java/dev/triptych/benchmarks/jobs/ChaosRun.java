package dev.triptych.benchmarks.jobs;

import dev.triptych.benchmarks.suite.SuiteProcess;
import dev.triptych.wire.ChainHop;
import dev.triptych.wire.ChainResult;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.Topics;
import dev.triptych.wire.WireJson;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import tools.jackson.databind.JsonNode;

/**
 * Kills processes of a suite while it works on two batches and on requests that are sent to Kafka directly, then counts.
 * The direct requests are sent in portions, one before each kill, so that there is always work under way.
 */
final class ChaosRun {

    /** How much there is to do, and how much is done to those who do it. */
    record Plan(int items, int kills, int freezes, Duration pause, long seed) {

        int batchItems() {
            return items * 2 / 5;
        }

        int pictureItems() {
            return items / 20;
        }

        int directItems() {
            return items - batchItems() - pictureItems();
        }
    }

    /** Over the session of a group's member, so that its partitions are another's when it wakes. */
    private static final Duration FROZEN = Duration.ofSeconds(13);

    /** Long enough for statements to fail, and for their first retries. */
    private static final Duration STOPPED = Duration.ofSeconds(3);

    private static final Duration END_LIMIT = Duration.ofHours(3);
    private static final Duration STANDSTILL_LIMIT = Duration.ofMinutes(3);

    private final JobsSuite suite;
    private final Plan plan;
    private final ChaosItems items;
    private final Random random;
    private final PrintStream out;
    private final Map<String, Integer> kills = new TreeMap<>();

    ChaosRun(JobsSuite suite, Plan plan, ChaosItems items, PrintStream out) {
        this.suite = suite;
        this.plan = plan;
        this.items = items;
        this.random = new Random(plan.seed());
        this.out = out;
    }

    /** The faults found; none where every item has exactly one end. */
    List<String> run() throws IOException, InterruptedException, ExecutionException {
        suite.processes().start();
        KafkaProducer<byte[], byte[]> producer = producer();
        // What is still to be sent when a run fails is not waited for.
        try (BatchClient client = new BatchClient(suite::gateway);
                Closeable _ = () -> producer.close(Duration.ZERO)) {
            String texts = client.create("/v1/translations", plan.batchItems(), ChaosItems::translationLine);
            String pictures =
                    client.create("/v1/vision/classifications", plan.pictureItems(), ChaosItems::classificationLine);
            List<Future<?>> sent = new ArrayList<>();
            int blows = plan.kills() + plan.freezes();
            for (int blow = 0; blow <= blows; blow++) {
                send(producer, sent, blow, blows + 1);
                if (blow < blows) {
                    Thread.sleep(random.nextLong(2 * plan.pause().toMillis() + 1));
                    strike(blow);
                }
            }
            suite.processes().awaitReady();
            for (Future<?> each : sent) {
                each.get();
            }
            out.printf("chaos all requests are sent, kills %s%n", kills);
            return count(client, texts, pictures);
        }
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", suite.bootstrapServers(),
                        "acks", "all",
                        "enable.idempotence", "true",
                        // With more, what was sent before a restart may be refused for ever (KAFKA-15591).
                        "max.in.flight.requests.per.connection", "1",
                        "metadata.recovery.strategy", "none",
                        "max.block.ms", "300000",
                        "delivery.timeout.ms", "300000"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private void send(KafkaProducer<byte[], byte[]> producer, List<Future<?>> sent, int portion, int portions) {
        int first = (int) ((long) plan.directItems() * portion / portions);
        int last = (int) ((long) plan.directItems() * (portion + 1) / portions);
        for (int number = first; number < last; number++) {
            sent.add(producer.send(items.direct(number)));
        }
    }

    /** A kill, or, in the end, a freeze of one of two replicas past its session. */
    private void strike(int blow) throws IOException, InterruptedException {
        if (blow >= plan.kills()) {
            suite.processes().awaitReady();
            SuiteProcess victim = suite.processes().named("text-a");
            victim.freeze();
            Thread.sleep(FROZEN);
            victim.thaw();
            kills.merge("frozen " + victim.name(), 1, Integer::sum);
            return;
        }
        SuiteProcess victim = suite.processes()
                .all()
                .get(random.nextInt(suite.processes().all().size()));
        if (victim.name().equals(Postgresql.NAME)) {
            victim.stop();
            Thread.sleep(STOPPED);
        } else {
            victim.kill();
        }
        victim.start();
        kills.merge(victim.name(), 1, Integer::sum);
        if ((blow + 1) % 10 == 0) {
            out.printf("chaos %d kills%n", blow + 1);
        }
    }

    private List<String> count(BatchClient client, String texts, String pictures) throws InterruptedException {
        String brokers = suite.bootstrapServers();
        try (CommittedRecords results = new CommittedRecords(brokers, Topics.TEXT_RESULTS, record -> true);
                CommittedRecords seen = new CommittedRecords(brokers, Topics.VISION_RESULTS, record -> true)) {
            awaitEnd(client, List.of(texts, pictures), results, seen);
        }
        Verdict verdict = new Verdict(plan);
        verdict.batch(client, client.batch(texts), plan.batchItems(), true);
        verdict.batch(client, client.batch(pictures), plan.pictureItems(), false);
        Map<String, Integer> requests = all(record -> !isHop(record), Topics.TEXT_REQUESTS, Topics.VISION_REQUESTS);
        verdict.topics(requests, all(record -> true, Topics.TEXT_RESULTS, Topics.VISION_RESULTS));
        verdict.failures(
                all(record -> isOf(EventTypes.FAILED, record), Topics.TEXT_RESULTS, Topics.VISION_RESULTS),
                all(record -> true, Topics.DEAD_LETTER));
        verdict.chains(
                all(ChaosRun::isHop, Topics.TEXT_REQUESTS),
                all(record -> isOf(EventTypes.CHAINED, record) && namesTheFlag(record), Topics.TEXT_RESULTS));
        out.println(verdict.line());
        return verdict.faults();
    }

    private Map<String, Integer> all(Predicate<ConsumerRecord<byte[], byte[]>> wanted, String... topics) {
        Map<String, Integer> counts = new TreeMap<>();
        for (String topic : topics) {
            try (CommittedRecords records = new CommittedRecords(suite.bootstrapServers(), topic, wanted)) {
                records.read().forEach((id, count) -> counts.merge(id, count, Integer::sum));
            }
        }
        return counts;
    }

    /** Whether a worker sent the record on from another step. */
    private static boolean isHop(ConsumerRecord<byte[], byte[]> record) {
        return isOf(EventTypes.CHAIN, record) && record.topic().equals(Topics.TEXT_REQUESTS);
    }

    private static boolean isOf(String type, ConsumerRecord<byte[], byte[]> record) {
        return type.equals(CommittedRecords.header(record, "ce_type"));
    }

    /** What the flag of a chain shows, and what it is taken for next, the latter in German. */
    private static boolean namesTheFlag(ConsumerRecord<byte[], byte[]> record) {
        List<ChainHop> hops =
                WireJson.mapper().readValue(record.value(), ChainResult.class).hops();
        return hops.size() == 2
                && hops.getFirst().texts().equals(List.of("Brazil", "South Africa"))
                && hops.getLast().texts().getLast().equals("Süd-Afrika");
    }

    /** Until the batches have ended and each direct request has a record, or nothing moves any more. */
    private void awaitEnd(BatchClient client, List<String> batches, CommittedRecords... results)
            throws InterruptedException {
        long end = System.nanoTime() + END_LIMIT.toNanos();
        long moved = System.nanoTime();
        long before = -1;
        while (System.nanoTime() < end && System.nanoTime() - moved < STANDSTILL_LIMIT.toNanos()) {
            long direct = 0;
            for (CommittedRecords each : results) {
                direct += each.read().keySet().stream()
                        .filter(id -> id.startsWith("direct-"))
                        .count();
            }
            long ended = 0;
            boolean open = false;
            for (String id : batches) {
                JsonNode batch = client.batch(id);
                JsonNode counts = batch.path("request_counts");
                ended +=
                        counts.path("completed").asInt() + counts.path("failed").asInt();
                open |= !List.of("completed", "failed", "expired", "cancelled")
                        .contains(batch.path("status").asString());
            }
            if (!open && direct >= plan.directItems()) {
                return;
            }
            if (direct + ended != before) {
                before = direct + ended;
                moved = System.nanoTime();
            }
            suite.processes().awaitReady();
            Thread.sleep(500);
        }
        out.printf(
                Locale.ROOT,
                "chaos nothing moves any more at %d items%n%s%n",
                before,
                suite.processes().lastLines());
    }
}
