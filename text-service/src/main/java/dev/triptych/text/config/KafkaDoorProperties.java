package dev.triptych.text.config;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The Kafka door.
 *
 * @param enabled whether there is a worker at all
 * @param instanceId the same over restarts, another for each process that runs at once
 * @param partitions of each topic
 * @param replicas of each topic
 * @param retention how long requests, results and dead letters are kept
 * @param maxRecordSize the largest record of a topic; for dead letters a little more
 * @param maxPollRecords the most items of one transaction
 * @param transactions how many are under way at once, each with a consumer of its own
 * @param itemsInFlight how many items are translated at a time
 * @param pollPatience how long a poll may take before it is given back, to be taken up where it was
 */
@Validated
@ConfigurationProperties("triptych.kafka")
public record KafkaDoorProperties(
        @DefaultValue("true") boolean enabled,
        @NotBlank @DefaultValue("text-0") String instanceId,
        @Min(1) @DefaultValue("6") int partitions,
        @Min(1) @DefaultValue("1") short replicas,
        @DefaultValue("7d") Duration retention,
        @DefaultValue("8MB") DataSize maxRecordSize,
        @Min(1) @DefaultValue("128") int maxPollRecords,
        @Min(1) @DefaultValue("6") int transactions,
        @Min(1) @DefaultValue("128") int itemsInFlight,
        @DefaultValue("2m") Duration pollPatience) {}
