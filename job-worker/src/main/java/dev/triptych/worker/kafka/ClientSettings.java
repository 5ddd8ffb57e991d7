package dev.triptych.worker.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.IsolationLevel;

/** Adds to what a process was given what exactly-once and a broker that comes and goes ask for. */
public final class ClientSettings {

    /** How long one request may wait for a broker. */
    public static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

    /** How long a record may be on its way, and a transaction open. */
    public static final Duration SEND_LIMIT = Duration.ofSeconds(30);

    /** What the headers of a record may take beside its value. */
    public static final int HEADER_ALLOWANCE = 64 * 1024;

    private static final Duration SESSION = Duration.ofSeconds(10);
    private static final Duration METADATA_AGE = Duration.ofSeconds(10);

    private ClientSettings() {}

    public static Map<String, Object> admin(Map<String, Object> given) {
        Map<String, Object> settings = new HashMap<>(given);
        // With the default the client of Kafka 4.2 spins, and logs each turn, while no broker answers.
        settings.put(AdminClientConfig.METADATA_RECOVERY_STRATEGY_CONFIG, MetadataRecoveryStrategy.NONE.name);
        settings.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, millis(CONNECT_LIMIT));
        return settings;
    }

    /**
     * An idempotent producer.
     *
     * @param maxValueBytes the largest value
     */
    public static Map<String, Object> producer(Map<String, Object> given, int maxValueBytes) {
        Map<String, Object> settings = new HashMap<>(given);
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        // Behind a broker that has just started a second request may be taken before the first, which is then refused
        // as out of order until its time is over (KAFKA-15591).
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis(SEND_LIMIT));
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, millis(CONNECT_LIMIT));
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, millis(CONNECT_LIMIT));
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, maxValueBytes + HEADER_ALLOWANCE);
        return settings;
    }

    /** A producer whose transactions end by themselves once their process is gone. */
    public static Map<String, Object> transactionalProducer(Map<String, Object> given, int maxValueBytes) {
        Map<String, Object> settings = producer(given, maxValueBytes);
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, millis(SEND_LIMIT));
        return settings;
    }

    /**
     * A member of a group that reads committed records and commits nothing by itself.
     *
     * @param instance the same over restarts, another for each process that runs at once
     */
    public static Map<String, Object> consumer(
            Map<String, Object> given, String group, String instance, int maxPollRecords) {
        Map<String, Object> settings = reader(given);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        // A static member: restarted after a crash it gets its partitions back at once, not after its session's end.
        settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, group + "-" + instance);
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, millis(SESSION));
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, maxPollRecords);
        return settings;
    }

    /** A reader of committed records that belongs to no group. */
    public static Map<String, Object> reader(Map<String, Object> given) {
        Map<String, Object> settings = new HashMap<>(given);
        // A static member keeps its assignment over restarts; new partitions are found by asking again.
        settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, millis(METADATA_AGE));
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                IsolationLevel.READ_COMMITTED.toString().toLowerCase(Locale.ROOT));
        settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, millis(CONNECT_LIMIT));
        return settings;
    }

    private static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}
