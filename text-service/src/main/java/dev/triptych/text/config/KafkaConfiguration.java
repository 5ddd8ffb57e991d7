package dev.triptych.text.config;

import dev.triptych.text.api.OfflineEndpoints;
import dev.triptych.text.job.TextItems;
import dev.triptych.text.translation.Translator;
import dev.triptych.wire.Topics;
import dev.triptych.worker.ItemReader;
import dev.triptych.worker.JobWorkerConfiguration;
import dev.triptych.worker.WorkerSettings;
import dev.triptych.worker.WorkerStarter;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Wires the Kafka door. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "triptych.kafka.enabled", matchIfMissing = true)
@EnableConfigurationProperties(KafkaDoorProperties.class)
@Import(JobWorkerConfiguration.class)
public class KafkaConfiguration {

    @Bean
    WorkerSettings workerSettings(KafkaDoorProperties properties) {
        return new WorkerSettings(
                "text",
                Topics.TEXT_REQUESTS,
                Topics.TEXT_RESULTS,
                new WorkerSettings.TopicSettings(
                        properties.partitions(),
                        properties.replicas(),
                        Math.toIntExact(properties.maxRecordSize().toBytes()),
                        properties.retention()),
                properties.instanceId(),
                properties.maxPollRecords(),
                properties.transactions(),
                properties.itemsInFlight(),
                properties.pollPatience());
    }

    /** Items wait for the models, so the worker need not. */
    @Bean
    WorkerStarter.When whenToWork() {
        return WorkerStarter.When.WITH_THE_SERVICE;
    }

    @Bean
    ItemReader textItems(Translator translator, OfflineEndpoints endpoints) {
        return new TextItems(
                translator, (url, body) -> endpoints.answer(url, body).toFuture());
    }
}
