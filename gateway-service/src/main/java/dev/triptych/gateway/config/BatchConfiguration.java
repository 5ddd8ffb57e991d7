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
import dev.triptych.gateway.models.ModelDirectory;
import dev.triptych.gateway.store.StoreAccess;
import dev.triptych.wire.Topics;
import dev.triptych.worker.kafka.ClientSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
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
    private static final long FIRST_RETRY_MS = 500;
    private static final long SLOWEST_RETRY_MS = 10_000;

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
        DefaultKafkaProducerFactory<byte[], byte[]> itemProducers(
                KafkaProperties kafka, KafkaConnectionDetails broker, BatchRules rules) {
            return new DefaultKafkaProducerFactory<>(
                    ClientSettings.producer(
                            at(broker.getProducer(), kafka.buildProducerProperties()), rules.maxLineBytes()),
                    new ByteArraySerializer(),
                    new ByteArraySerializer());
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
            return new KafkaItemSender(itemTemplate, ClientSettings.SEND_LIMIT.multipliedBy(2));
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
                KafkaProperties kafka, KafkaConnectionDetails broker, GatewayProperties properties, BatchStore store) {
            Map<String, Object> settings = ClientSettings.consumer(
                    at(broker.getConsumer(), kafka.buildConsumerProperties()),
                    GROUP,
                    properties.jobs().instanceId(),
                    properties.jobs().maxPollRecords());
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

        /** Where the broker is may be said otherwise than by a property: by a container, by a binding. */
        private static Map<String, Object> at(
                KafkaConnectionDetails.Configuration broker, Map<String, Object> settings) {
            settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.getBootstrapServers());
            return settings;
        }
    }
}
