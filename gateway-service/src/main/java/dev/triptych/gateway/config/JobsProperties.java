package dev.triptych.gateway.config;

import jakarta.validation.Valid;
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
 */
public record JobsProperties(
        @Valid @DefaultValue Store store,
        @NotNull @DefaultValue("200MB") DataSize maxFile,
        @NotNull @DurationMin @DefaultValue("30d") Duration retention,

        @NotNull @DurationMin(millis = 1) @DefaultValue("1h")
        Duration cleanUpInterval) {

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
