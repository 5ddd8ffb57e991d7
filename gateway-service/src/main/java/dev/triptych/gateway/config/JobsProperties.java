package dev.triptych.gateway.config;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Files and batches.
 *
 * @param store           where they are kept
 * @param maxFile         the largest file
 * @param retention       how long a file is kept; 0: until it is deleted
 * @param cleanUpInterval between two looks for files whose time is over
 * @param enabled         whether this gateway works on batches; one that does not still takes them
 * @param instanceId      the same over restarts, another for each gateway that runs at once
 * @param maxItems        the most requests of one batch
 * @param maxLine         the longest line of an input
 * @param window          the most items of one batch that are sent and have not ended
 * @param maxRunning      how many batches are worked on at a time
 * @param maxUnfinished   how many may wait or run before new ones are refused
 * @param poll            between two looks at the store
 * @param events          between two looks for a stream of progress
 * @param cancelPatience  how long items in flight may take to end once their batch is canceled
 * @param maxPollRecords  the most results of one transaction
 */
public record JobsProperties(
        @Valid @DefaultValue Store store,
        @NotNull @DefaultValue("200MB") DataSize maxFile,
        @NotNull @DurationMin @DefaultValue("30d") Duration retention,

        @NotNull @DurationMin(millis = 1) @DefaultValue("1h")
        Duration cleanUpInterval,

        @DefaultValue("true") boolean enabled,
        @NotBlank @DefaultValue("gateway-0") String instanceId,
        @Min(1) @DefaultValue("50000") int maxItems,
        @NotNull @DefaultValue("4MB") DataSize maxLine,
        @Min(1) @DefaultValue("1000") int window,
        @Min(1) @DefaultValue("4") int maxRunning,
        @Min(1) @DefaultValue("100") int maxUnfinished,

        @NotNull @DurationMin(millis = 1) @DefaultValue("250ms")
        Duration poll,

        @NotNull @DurationMin(millis = 1) @DefaultValue("1s")
        Duration events,

        @NotNull @DurationMin @DefaultValue("30s") Duration cancelPatience,

        @Min(1) @DefaultValue("500") int maxPollRecords) {

    /**
     * The job store.
     *
     * @param url      {@code postgresql://host:port/database}; blank: an embedded H2
     * @param username of the database server
     * @param password of the database server
     * @param folder   where the embedded store keeps its file
     */
    public record Store(
            @NotNull @DefaultValue("") String url,
            @NotNull @DefaultValue("") String username,
            @NotNull @DefaultValue("") String password,
            @NotNull @DefaultValue("var/jobs") String folder) {}
}
