package dev.triptych.local.client;

import dev.triptych.wire.Topics;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends a job's items and remembers how many, both in one Kafka transaction, so neither is ever true without the other.
 *
 * <pre>
 * consumer group triptych-translate-JOB (it has no members; it only keeps offsets)
 *   triptych.text.results  0..n   offset: where this job's results begin, committed before anything is sent
 *   triptych.text.requests 0      metadata: "sent=1500"
 * </pre>
 *
 * The transactional id is the job's, so a second client on the same job fences the first. Owned by one thread.
 */
final class JobLedger implements AutoCloseable {

    private static final TopicPartition PROGRESS = new TopicPartition(Topics.TEXT_REQUESTS, 0);

    /** A client killed inside a transaction holds up the workers for at most this long. */
    private static final int TRANSACTION_TIMEOUT_MILLIS = 15_000;

    private final TranslationJob job;
    private final String groupId;
    private final Admin admin;
    private final Producer<String, byte[]> producer;

    private JobLedger(TranslationJob job, String bootstrapServers) {
        this.job = job;
        this.groupId = groupId(job);
        Properties adminProperties = new Properties();
        adminProperties.put("bootstrap.servers", bootstrapServers);
        adminProperties.put("request.timeout.ms", "10000");
        adminProperties.put("default.api.timeout.ms", "20000");
        this.admin = Admin.create(adminProperties);
        this.producer =
                new KafkaProducer<>(properties(bootstrapServers), new StringSerializer(), new ByteArraySerializer());
    }

    /** Opens the job and fences every other client that has it open. */
    static JobLedger open(TranslationJob job, String bootstrapServers) {
        JobLedger ledger = new JobLedger(job, bootstrapServers);
        try {
            // Ends what an earlier client of this job left unfinished, so what is read next is settled.
            ledger.producer.initTransactions();
            return ledger;
        } catch (RuntimeException e) {
            ledger.close();
            throw e;
        }
    }

    static String groupId(TranslationJob job) {
        return "triptych-translate-" + job.id();
    }

    private Properties properties(String bootstrapServers) {
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, groupId);
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Integer.toString(TRANSACTION_TIMEOUT_MILLIS));
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.toString(TRANSACTION_TIMEOUT_MILLIS));
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "20000");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "5");
        // Of two requests a broker that has just started may take the second, and refuse the first for ever
        // (KAFKA-15591).
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        return properties;
    }

    /** What an earlier client left; empty for a job that was never begun, is complete, or whose results expired. */
    Optional<JobState> saved() throws ClientException, ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(
                        Map.of(groupId, new ListConsumerGroupOffsetsSpec()),
                        new ListConsumerGroupOffsetsOptions().requireStable(true))
                .partitionsToOffsetAndMetadata(groupId)
                .get();
        @Nullable OffsetAndMetadata progress = offsets.get(PROGRESS);
        if (progress == null) {
            return Optional.empty();
        }
        Map<Integer, Long> resultOffsets = new HashMap<>();
        offsets.forEach((partition, offset) -> {
            if (offset != null && partition.topic().equals(Topics.TEXT_RESULTS)) {
                resultOffsets.put(partition.partition(), offset.offset());
            }
        });
        return expired(resultOffsets)
                ? Optional.empty()
                : Optional.of(new JobState(JobState.sent(progress.metadata()), resultOffsets));
    }

    private boolean expired(Map<Integer, Long> resultOffsets) throws ExecutionException, InterruptedException {
        Map<Integer, Long> beginnings = resultsOffsets(OffsetSpec.earliest());
        return resultOffsets.entrySet().stream()
                .anyMatch(entry -> beginnings.getOrDefault(entry.getKey(), 0L) > entry.getValue());
    }

    /** Commits the present end of the results topic as the place where this job's results begin. */
    JobState begin() throws ExecutionException, InterruptedException {
        Map<Integer, Long> ends = resultsOffsets(OffsetSpec.latest());
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        ends.forEach((partition, offset) ->
                offsets.put(new TopicPartition(Topics.TEXT_RESULTS, partition), new OffsetAndMetadata(offset)));
        offsets.put(PROGRESS, new OffsetAndMetadata(0, JobState.metadata(0)));
        producer.beginTransaction();
        producer.sendOffsetsToTransaction(offsets, new ConsumerGroupMetadata(groupId));
        producer.commitTransaction();
        return new JobState(0, ends);
    }

    /**
     * Sends items of the job, from number {@code from} to before {@code to}. When it throws, nothing of this is visible
     * to any worker, or all of it is remembered.
     */
    void send(int from, int to) {
        OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
        producer.beginTransaction();
        for (int line : job.items().subList(from, to)) {
            CloudEvent request = job.request(line, now);
            producer.send(KafkaMessageFactory.<String>createWriter(Topics.TEXT_REQUESTS, request.getId())
                    .writeBinary(request));
        }
        producer.sendOffsetsToTransaction(
                Map.of(PROGRESS, new OffsetAndMetadata(0, JobState.metadata(to))), new ConsumerGroupMetadata(groupId));
        producer.commitTransaction();
    }

    /** Forgets the job: the next client begins it anew. */
    void complete() throws ExecutionException, InterruptedException {
        try {
            admin.deleteConsumerGroups(List.of(groupId)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof GroupIdNotFoundException)) {
                throw e;
            }
        }
    }

    private Map<Integer, Long> resultsOffsets(OffsetSpec spec) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> query = new HashMap<>();
        int partitions = admin.describeTopics(List.of(Topics.TEXT_RESULTS))
                .allTopicNames()
                .get()
                .values()
                .iterator()
                .next()
                .partitions()
                .size();
        for (int i = 0; i < partitions; i++) {
            query.put(new TopicPartition(Topics.TEXT_RESULTS, i), spec);
        }
        Map<TopicPartition, ListOffsetsResultInfo> found =
                admin.listOffsets(query).all().get();
        Map<Integer, Long> offsets = new HashMap<>();
        found.forEach((partition, info) -> offsets.put(partition.partition(), info.offset()));
        return offsets;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
        admin.close(Duration.ofSeconds(2));
    }
}
