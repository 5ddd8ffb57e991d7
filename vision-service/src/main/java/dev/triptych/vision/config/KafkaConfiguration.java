package dev.triptych.vision.config;

import dev.triptych.vision.image.ImageLimits;
import dev.triptych.vision.job.VisionWorker;
import dev.triptych.vision.job.WorkerStarter;
import dev.triptych.vision.telemetry.VisionMetrics;
import dev.triptych.vision.vit.ImageAnalyzer;
import dev.triptych.wire.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
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
import org.springframework.kafka.transaction.KafkaTransactionManager;
import org.springframework.util.backoff.ExponentialBackOff;

/** Wires the Kafka door. Its beans connect only when {@link WorkerStarter} says so. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "triptych.kafka.enabled", matchIfMissing = true)
class KafkaConfiguration {

    private static final String GROUP = "triptych-vision";
    private static final int TRANSACTION_TIMEOUT_MS = 30_000;
    private static final int SESSION_TIMEOUT_MS = 10_000;
    private static final int METADATA_MAX_AGE_MS = 10_000;
    private static final int CONNECT_LIMIT_MS = 10_000;
    private static final int CONNECT_LIMIT_SECONDS = CONNECT_LIMIT_MS / 1000;
    private static final long FIRST_REDELIVERY_MS = 500;
    private static final long SLOWEST_REDELIVERY_MS = 10_000;

    /** A dead letter is its request and a few headers more. */
    private static final int HEADER_ALLOWANCE = 64 * 1024;

    @Bean
    KafkaAdmin kafkaAdmin(KafkaProperties kafka) {
        Map<String, Object> settings = kafka.buildAdminProperties();
        // With the default the client of Kafka 4.2 spins, and logs each turn, while no broker answers.
        settings.put(AdminClientConfig.METADATA_RECOVERY_STRATEGY_CONFIG, MetadataRecoveryStrategy.NONE.name);
        settings.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, CONNECT_LIMIT_MS);
        KafkaAdmin admin = new KafkaAdmin(settings);
        admin.setAutoCreate(false);
        admin.setModifyTopicConfigs(true);
        // The starter wants to know; the service lives on without.
        admin.setFatalIfBrokerNotAvailable(true);
        admin.setOperationTimeout(CONNECT_LIMIT_SECONDS);
        return admin;
    }

    @Bean
    NewTopic visionRequests(VisionProperties properties) {
        return topic(Topics.VISION_REQUESTS, properties.kafka(), 0);
    }

    @Bean
    NewTopic visionResults(VisionProperties properties) {
        return topic(Topics.VISION_RESULTS, properties.kafka(), 0);
    }

    @Bean
    NewTopic deadLetter(VisionProperties properties) {
        return topic(Topics.DEAD_LETTER, properties.kafka(), HEADER_ALLOWANCE);
    }

    private static NewTopic topic(String name, VisionProperties.Kafka kafka, int allowance) {
        return TopicBuilder.name(name)
                .partitions(kafka.partitions())
                .replicas(kafka.replicas())
                .config(
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        Long.toString(kafka.maxRecordSize().toBytes() + allowance))
                .build();
    }

    @Bean
    DefaultKafkaProducerFactory<byte[], byte[]> producerFactory(KafkaProperties kafka, VisionProperties properties) {
        Map<String, Object> settings = kafka.buildProducerProperties();
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MS);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, TRANSACTION_TIMEOUT_MS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, CONNECT_LIMIT_MS);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, CONNECT_LIMIT_MS);
        settings.put(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                Math.toIntExact(properties.kafka().maxRecordSize().toBytes() + HEADER_ALLOWANCE));
        DefaultKafkaProducerFactory<byte[], byte[]> factory =
                new DefaultKafkaProducerFactory<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        factory.setTransactionIdPrefix(GROUP + "-" + properties.kafka().instanceId() + "-");
        // One id ever: a second one would leave the first one's open transaction to its time-out.
        factory.setTransactionIdSuffixStrategy(new DefaultTransactionIdSuffixStrategy(1));
        return factory;
    }

    @Bean
    KafkaTemplate<byte[], byte[]> kafkaTemplate(DefaultKafkaProducerFactory<byte[], byte[]> factory) {
        return new KafkaTemplate<>(factory);
    }

    @Bean
    KafkaTransactionManager<byte[], byte[]> kafkaTransactionManager(
            DefaultKafkaProducerFactory<byte[], byte[]> factory) {
        return new KafkaTransactionManager<>(factory);
    }

    @Bean
    DefaultKafkaConsumerFactory<byte[], byte[]> consumerFactory(
            KafkaProperties kafka, VisionProperties properties, MeterRegistry registry) {
        Map<String, Object> settings = kafka.buildConsumerProperties();
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP);
        // A static member: restarted after a crash it gets its partitions back at once, not after its session's end.
        settings.put(
                ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
                GROUP + "-" + properties.kafka().instanceId());
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_TIMEOUT_MS);
        // A static member keeps its assignment over restarts; new partitions are found by asking again.
        settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_MAX_AGE_MS);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                IsolationLevel.READ_COMMITTED.toString().toLowerCase(Locale.ROOT));
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, properties.kafka().maxPollRecords());
        settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, CONNECT_LIMIT_MS);
        DefaultKafkaConsumerFactory<byte[], byte[]> factory =
                new DefaultKafkaConsumerFactory<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        factory.addListener(new MicrometerConsumerListener<>(registry));
        return factory;
    }

    @Bean
    VisionWorker visionWorker(
            ImageAnalyzer analyzer,
            ImageLimits limits,
            VisionProperties properties,
            KafkaTemplate<byte[], byte[]> kafka,
            VisionMetrics metrics) {
        return VisionWorker.of(analyzer, limits, properties.vision().deadline(), kafka, metrics);
    }

    /** One consumer is enough: the pictures of a poll are worked on at once. */
    @Bean
    ConcurrentMessageListenerContainer<byte[], byte[]> visionWorkerContainer(
            DefaultKafkaConsumerFactory<byte[], byte[]> consumers,
            KafkaTransactionManager<byte[], byte[]> transactions,
            VisionWorker worker) {
        ContainerProperties container = new ContainerProperties(Topics.VISION_REQUESTS);
        container.setMessageListener(worker);
        container.setKafkaAwareTransactionManager(transactions);
        container.setEosMode(ContainerProperties.EOSMode.V2);
        container.setMissingTopicsFatal(false);
        // Going on would commit past the records of the transaction that was lost.
        container.setStopContainerWhenFenced(true);
        ConcurrentMessageListenerContainer<byte[], byte[]> listener =
                new ConcurrentMessageListenerContainer<>(consumers, container);
        listener.setAutoStartup(false);
        ExponentialBackOff backOff = new ExponentialBackOff(FIRST_REDELIVERY_MS, 2);
        backOff.setMaxInterval(SLOWEST_REDELIVERY_MS);
        listener.setAfterRollbackProcessor(new DefaultAfterRollbackProcessor<>(backOff));
        return listener;
    }

    @Bean
    WorkerStarter workerStarter(
            KafkaAdmin admin,
            DefaultKafkaProducerFactory<byte[], byte[]> producers,
            ConcurrentMessageListenerContainer<byte[], byte[]> container) {
        return new WorkerStarter(
                admin,
                producers,
                container,
                Thread.ofVirtual().name("worker-starter").factory());
    }
}
