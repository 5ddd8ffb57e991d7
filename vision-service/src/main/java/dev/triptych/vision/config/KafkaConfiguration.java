package dev.triptych.vision.config;

import dev.triptych.vision.image.ImageLimits;
import dev.triptych.vision.job.VisionItems;
import dev.triptych.vision.vit.ImageAnalyzer;
import dev.triptych.wire.Topics;
import dev.triptych.worker.ItemReader;
import dev.triptych.worker.JobWorkerConfiguration;
import dev.triptych.worker.WorkerSettings;
import dev.triptych.worker.WorkerStarter;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Wires the Kafka door. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "triptych.kafka.enabled", matchIfMissing = true)
@Import(JobWorkerConfiguration.class)
class KafkaConfiguration {

    @Bean
    WorkerSettings workerSettings(VisionProperties properties) {
        VisionProperties.Kafka kafka = properties.kafka();
        return new WorkerSettings(
                "vision",
                Topics.VISION_REQUESTS,
                Topics.VISION_RESULTS,
                new WorkerSettings.TopicSettings(
                        kafka.partitions(),
                        kafka.replicas(),
                        Math.toIntExact(kafka.maxRecordSize().toBytes()),
                        kafka.retention()),
                kafka.instanceId(),
                kafka.maxPollRecords(),
                kafka.transactions(),
                kafka.itemsInFlight(),
                kafka.pollPatience());
    }

    /** {@link ModelStartup}, once the models are there. */
    @Bean
    WorkerStarter.When whenToWork() {
        return WorkerStarter.When.WHEN_CALLED;
    }

    @Bean
    ItemReader visionItems(ImageAnalyzer analyzer, ImageLimits limits) {
        return new VisionItems(analyzer, limits);
    }
}
