package dev.triptych.worker;

import dev.triptych.wire.Topics;
import dev.triptych.worker.kafka.ClientSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.DefaultTransactionIdSuffixStrategy;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.MicrometerConsumerListener;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.DefaultAfterRollbackProcessor;
import org.springframework.kafka.support.ProducerListener;
import org.springframework.kafka.transaction.KafkaTransactionManager;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Wires a service's worker. A service imports it and brings its {@link WorkerSettings}, an {@link ItemReader} and a
 * {@link WorkerStarter.When}. The beans connect only when {@link WorkerStarter} says so.
 */
@Configuration(proxyBeanMethods = false)
public class JobWorkerConfiguration {

    private static final long FIRST_REDELIVERY_MS = 500;
    private static final long SLOWEST_REDELIVERY_MS = 10_000;
    private static final Duration AFTER_A_POLL = Duration.ofMinutes(2);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

    @Bean
    KafkaAdmin kafkaAdmin(KafkaProperties kafka) {
        KafkaAdmin admin = new KafkaAdmin(ClientSettings.admin(kafka.buildAdminProperties()));
        admin.setAutoCreate(false);
        admin.setModifyTopicConfigs(true);
        // The starter wants to know; the service lives on without.
        admin.setFatalIfBrokerNotAvailable(true);
        admin.setOperationTimeout(Math.toIntExact(ClientSettings.CONNECT_LIMIT.toSeconds()));
        return admin;
    }

    @Bean
    KafkaAdmin.NewTopics jobTopics(WorkerSettings settings) {
        return new KafkaAdmin.NewTopics(
                kept(settings.requests(), settings, 0),
                kept(settings.results(), settings, 0),
                kept(Topics.DEAD_LETTER, settings, ClientSettings.HEADER_ALLOWANCE),
                topic(Topics.JOBS, settings, 0).compact().build());
    }

    private static NewTopic kept(String name, WorkerSettings settings, int allowance) {
        long retention = settings.topics().retention().toMillis();
        return topic(name, settings, allowance)
                .config(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention))
                .build();
    }

    private static TopicBuilder topic(String name, WorkerSettings settings, int allowance) {
        WorkerSettings.TopicSettings topics = settings.topics();
        return TopicBuilder.name(name)
                .partitions(topics.partitions())
                .replicas(topics.replicas())
                .config(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(topics.maxRecordBytes() + allowance));
    }

    @Bean
    DefaultKafkaProducerFactory<byte[], byte[]> producerFactory(KafkaProperties kafka, WorkerSettings settings) {
        DefaultKafkaProducerFactory<byte[], byte[]> factory = new DefaultKafkaProducerFactory<>(
                ClientSettings.transactionalProducer(
                        kafka.buildProducerProperties(), settings.topics().maxRecordBytes()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        factory.setTransactionIdPrefix(settings.group() + "-" + settings.instanceId() + "-");
        // No id more than there are consumers: another would leave an earlier one's open transaction to its time-out.
        factory.setTransactionIdSuffixStrategy(new DefaultTransactionIdSuffixStrategy(settings.transactions()));
        return factory;
    }

    @Bean
    KafkaTemplate<byte[], byte[]> kafkaTemplate(DefaultKafkaProducerFactory<byte[], byte[]> factory) {
        KafkaTemplate<byte[], byte[]> template = new KafkaTemplate<>(factory);
        // A send that fails fails its transaction, which is logged once.
        template.setProducerListener(new ProducerListener<>() {});
        return template;
    }

    @Bean
    KafkaTransactionManager<byte[], byte[]> kafkaTransactionManager(
            DefaultKafkaProducerFactory<byte[], byte[]> factory) {
        KafkaTransactionManager<byte[], byte[]> transactions = new KafkaTransactionManager<>(factory);
        // Lets the worker hear of its commits.
        transactions.setTransactionSynchronization(
                AbstractPlatformTransactionManager.SYNCHRONIZATION_ON_ACTUAL_TRANSACTION);
        return transactions;
    }

    @Bean
    DefaultKafkaConsumerFactory<byte[], byte[]> consumerFactory(
            KafkaProperties kafka, WorkerSettings settings, MeterRegistry registry) {
        Map<String, Object> consumer = ClientSettings.consumer(
                kafka.buildConsumerProperties(), settings.group(), settings.instanceId(), settings.maxPollRecords());
        consumer.put(
                ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG,
                Math.toIntExact(settings.pollPatience().plus(AFTER_A_POLL).toMillis()));
        DefaultKafkaConsumerFactory<byte[], byte[]> factory =
                new DefaultKafkaConsumerFactory<>(consumer, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        factory.addListener(new MicrometerConsumerListener<>(registry));
        return factory;
    }

    @Bean
    RetryTimer retryTimer() {
        return new RetryTimer();
    }

    @Bean
    JobWorker.Telemetry jobTelemetry(
            MeterRegistry meters, ObjectProvider<Tracer> tracer, ObjectProvider<ObservationRegistry> observations) {
        return new JobWorker.Telemetry(
                meters, tracer.getIfAvailable() == null ? ObservationRegistry.NOOP : observations.getObject());
    }

    @Bean
    JobWorker jobWorker(
            WorkerSettings settings,
            ItemReader reader,
            RetryTimer retries,
            KafkaTemplate<byte[], byte[]> kafka,
            CancelledJobs cancelled,
            JobWorker.Telemetry telemetry) {
        return new JobWorker(settings, STOP_PATIENCE, reader, retries, kafka, cancelled, telemetry);
    }

    @Bean
    CancelledJobs cancelledJobs(KafkaProperties kafka) {
        Map<String, Object> settings = ClientSettings.reader(kafka.buildConsumerProperties());
        return new CancelledJobs(
                () -> new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                Thread.ofPlatform().daemon().name("cancelled-jobs").factory());
    }

    @Bean
    ConcurrentMessageListenerContainer<byte[], byte[]> workerContainer(
            WorkerSettings settings,
            DefaultKafkaConsumerFactory<byte[], byte[]> consumers,
            KafkaTransactionManager<byte[], byte[]> transactions,
            JobWorker worker) {
        ContainerProperties container = new ContainerProperties(settings.requests());
        container.setMessageListener(worker);
        container.setKafkaAwareTransactionManager(transactions);
        container.setEosMode(ContainerProperties.EOSMode.V2);
        // The worker says how much of a poll its transaction takes.
        container.setAckMode(ContainerProperties.AckMode.MANUAL);
        container.setMissingTopicsFatal(false);
        container.setConsumerRebalanceListener(worker);
        // Going on would commit past the records of the transaction that was lost.
        container.setStopContainerWhenFenced(true);
        ConcurrentMessageListenerContainer<byte[], byte[]> listener =
                new ConcurrentMessageListenerContainer<>(consumers, container);
        // While one transaction waits for its last items, the other's keep the engine full.
        listener.setConcurrency(settings.transactions());
        listener.setAutoStartup(false);
        ExponentialBackOff backOff = new ExponentialBackOff(FIRST_REDELIVERY_MS, 2);
        backOff.setMaxInterval(SLOWEST_REDELIVERY_MS);
        listener.setAfterRollbackProcessor(new DefaultAfterRollbackProcessor<>(backOff));
        return listener;
    }

    @Bean
    WorkerStarter workerStarter(
            WorkerStarter.When when,
            WorkerSettings settings,
            KafkaAdmin admin,
            CancelledJobs cancelled,
            DefaultKafkaProducerFactory<byte[], byte[]> producers,
            ConcurrentMessageListenerContainer<byte[], byte[]> container,
            JobWorker worker) {
        return new WorkerStarter(
                when,
                () -> {
                    admin.initialize();
                    cancelled.follow(ClientSettings.CONNECT_LIMIT);
                    Predecessors.fence(producers, settings.transactions());
                },
                container,
                worker,
                Thread.ofPlatform().daemon().name("kafka-starter").factory());
    }
}
