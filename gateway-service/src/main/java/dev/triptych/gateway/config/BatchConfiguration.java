package dev.triptych.gateway.config;

import dev.triptych.gateway.jobs.batches.BatchRules;
import dev.triptych.gateway.jobs.batches.BatchScheduler;
import dev.triptych.gateway.jobs.batches.BatchStore;
import dev.triptych.gateway.jobs.batches.BatchWork;
import dev.triptych.gateway.jobs.batches.ItemSender;
import dev.triptych.gateway.jobs.batches.ResultListener;
import dev.triptych.gateway.jobs.files.FileShelf;
import dev.triptych.gateway.jobs.store.BatchTable;
import dev.triptych.gateway.jobs.store.FileTable;
import dev.triptych.gateway.jobs.store.ItemTable;
import dev.triptych.gateway.jobs.store.StoreAccess;
import dev.triptych.gateway.models.ModelDirectory;
import dev.triptych.wire.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.support.ProducerListener;
import org.springframework.util.backoff.ExponentialBackOff;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;

/** Wires batches: the endpoints always, the work behind them where this gateway does it. */
@Configuration(proxyBeanMethods = false)
class BatchConfiguration {

    private static final String GROUP = "triptych-gateway";
    private static final int SESSION_TIMEOUT_MS = 10_000;
    private static final int METADATA_MAX_AGE_MS = 10_000;
    private static final int CONNECT_LIMIT_MS = 10_000;
    private static final Duration SEND_LIMIT = Duration.ofSeconds(30);
    private static final long FIRST_RETRY_MS = 500;
    private static final long SLOWEST_RETRY_MS = 10_000;

    /** An item's record is its line and a little more. */
    private static final int HEADER_ALLOWANCE = 64 * 1024;

    @Bean
    BatchRules batchRules(GatewayProperties properties) {
        JobsProperties jobs = properties.jobs();
        return new BatchRules(
                jobs.maxItems(),
                Math.toIntExact(jobs.maxLine().toBytes()),
                jobs.window(),
                jobs.maxRunning(),
                jobs.maxUnfinished(),
                jobs.poll(),
                jobs.events(),
                jobs.cancelPatience(),
                jobs.instanceId());
    }

    @Bean
    BatchStore batchStore(StoreAccess store, FileTable files) {
        return new BatchStore(new BatchTable(store), new ItemTable(store), files);
    }

    /** Batches that ended go when their files do. */
    @Bean(destroyMethod = "dispose")
    Disposable batchCleanUp(BatchStore store, GatewayProperties properties, Clock clock) {
        Duration retention = properties.jobs().retention();
        return retention.isZero()
                ? Disposables.disposed()
                : Flux.interval(properties.jobs().cleanUpInterval())
                        .onBackpressureDrop()
                        .concatMap(tick -> store.batches()
                                .forget(clock.instant().minus(retention))
                                .onErrorComplete())
                        .subscribe();
    }

    /** What talks to Kafka. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBooleanProperty(name = "triptych.jobs.enabled", matchIfMissing = true)
    static class Work {

        @Bean
        DefaultKafkaProducerFactory<byte[], byte[]> itemProducers(KafkaProperties kafka, BatchRules rules) {
            Map<String, Object> settings = kafka.buildProducerProperties();
            settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
            settings.put(ProducerConfig.ACKS_CONFIG, "all");
            settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Math.toIntExact(SEND_LIMIT.toMillis()));
            settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, CONNECT_LIMIT_MS);
            settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, CONNECT_LIMIT_MS);
            settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, rules.maxLineBytes() + HEADER_ALLOWANCE);
            return new DefaultKafkaProducerFactory<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Bean
        KafkaTemplate<byte[], byte[]> itemTemplate(DefaultKafkaProducerFactory<byte[], byte[]> itemProducers) {
            KafkaTemplate<byte[], byte[]> template = new KafkaTemplate<>(itemProducers);
            // Whoever sends hears of a failure, and says so once.
            template.setProducerListener(new ProducerListener<>() {});
            return template;
        }

        @Bean
        ItemSender itemSender(KafkaTemplate<byte[], byte[]> itemTemplate) {
            return new KafkaItemSender(itemTemplate, SEND_LIMIT.multipliedBy(2));
        }

        @Bean
        BatchScheduler batchScheduler(
                BatchStore store,
                FileShelf shelf,
                ModelDirectory models,
                ItemSender sender,
                BatchRules rules,
                Clock clock) {
            return new BatchScheduler(
                    new BatchWork(store, shelf, models, sender, rules, clock),
                    Thread.ofPlatform().daemon().name("batch-", 0).factory());
        }

        @Bean
        ConcurrentMessageListenerContainer<byte[], byte[]> resultContainer(
                KafkaProperties kafka, GatewayProperties properties, BatchStore store) {
            Map<String, Object> settings = kafka.buildConsumerProperties();
            settings.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP);
            // A static member gets its partitions back at once after a crash.
            settings.put(
                    ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
                    GROUP + "-" + properties.jobs().instanceId());
            settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_TIMEOUT_MS);
            settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_MAX_AGE_MS);
            settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
            settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
            settings.put(
                    ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                    IsolationLevel.READ_COMMITTED.toString().toLowerCase(Locale.ROOT));
            settings.put(
                    ConsumerConfig.MAX_POLL_RECORDS_CONFIG, properties.jobs().maxPollRecords());
            settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, CONNECT_LIMIT_MS);
            ResultListener listener = new ResultListener(store.items());
            ContainerProperties container = new ContainerProperties(Topics.TEXT_RESULTS, Topics.VISION_RESULTS);
            container.setMessageListener(listener);
            container.setConsumerRebalanceListener(listener);
            // Never acknowledged: the store keeps the offsets.
            container.setAckMode(ContainerProperties.AckMode.MANUAL);
            container.setMissingTopicsFatal(false);
            ConcurrentMessageListenerContainer<byte[], byte[]> results = new ConcurrentMessageListenerContainer<>(
                    new DefaultKafkaConsumerFactory<>(
                            settings, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                    container);
            ExponentialBackOff backOff = new ExponentialBackOff(FIRST_RETRY_MS, 2);
            backOff.setMaxInterval(SLOWEST_RETRY_MS);
            results.setCommonErrorHandler(new DefaultErrorHandler(backOff));
            return results;
        }
    }
}
