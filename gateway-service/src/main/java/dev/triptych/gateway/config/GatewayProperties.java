package dev.triptych.gateway.config;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The gateway's settings. A key that is not here stops the start.
 *
 * @param services the services behind the gateway
 * @param gateway  its own behavior
 * @param jobs     files and batches
 * @param access   who may come in
 * @param limits   of keys that have none of their own
 * @param connections what clients' connections and browsers may do
 * @param drainDelay from not being ready to closing the doors, when the process is told to stop
 */
@Validated
@ConfigurationProperties(prefix = "triptych", ignoreUnknownFields = false)
public record GatewayProperties(
        @Valid @NotNull Services services,
        @Valid @DefaultValue Gateway gateway,
        @Valid @NestedConfigurationProperty @DefaultValue JobsProperties jobs,
        @Valid @NestedConfigurationProperty @DefaultValue AccessProperties access,
        @Valid @DefaultValue Limits limits,
        @Valid @DefaultValue Connections connections,
        @NotNull @DefaultValue("2s") Duration drainDelay) {

    /**
     * What a key may use that has no limit of its own; 0: as much as it likes.
     *
     * @param requestsPerMinute requests for texts and pictures
     * @param tokensPerMinute   text tokens, read and generated
     * @param imagesPerMinute   pictures
     * @param concurrentJobs    batches that have not ended
     */
    public record Limits(
            @Min(0) @DefaultValue("0") long requestsPerMinute,
            @Min(0) @DefaultValue("0") long tokensPerMinute,
            @Min(0) @DefaultValue("0") long imagesPerMinute,
            @Min(0) @DefaultValue("0") long concurrentJobs) {}

    /**
     * Clients' connections.
     *
     * @param headerTimeout  from a request's first byte to the end of its headers
     * @param readTimeout    between two pieces of a request's body
     * @param requestTimeout from a request's headers to the end of its body
     * @param writeTimeout   for a client to take what was written to it
     * @param corsOrigins    sites whose pages may call from a browser, such as `https://app.example`; empty: none but the
     *                       gateway's own
     */
    public record Connections(
            @NotNull @DurationMin(millis = 1) @DefaultValue("10s")
            Duration headerTimeout,

            @NotNull @DurationMin(millis = 1) @DefaultValue("20s")
            Duration readTimeout,

            @NotNull @DurationMin(millis = 1) @DefaultValue("10m")
            Duration requestTimeout,

            @NotNull @DurationMin(millis = 1) @DefaultValue("60s")
            Duration writeTimeout,

            @DefaultValue List<String> corsOrigins) {

        public Connections {
            corsOrigins = List.copyOf(corsOrigins);
        }
    }

    /** One entry for each service. */
    public record Services(
            @Valid @NotNull Service text, @Valid @NotNull Service vision) {}

    /**
     * One service.
     *
     * @param url               where it serves: one address or several, with commas; a name that stands for several
     *                          addresses stands for as many replicas
     * @param managementUrl     where their probes are, in the same order; blank: the same hosts, port + 1000
     * @param maxBody           the largest request body that is passed on
     * @param responseTimeout   from sending the request to the response's headers
     * @param streamIdleTimeout between two pieces of a response's body
     */
    public record Service(
            @NotEmpty List<URI> url,
            @NotNull @DefaultValue List<URI> managementUrl,
            @NotNull DataSize maxBody,

            @NotNull @DurationMin(millis = 1) @DefaultValue("120s")
            Duration responseTimeout,

            @NotNull @DurationMin(millis = 1) @DefaultValue("60s")
            Duration streamIdleTimeout) {

        public Service {
            url = List.copyOf(url);
            managementUrl = List.copyOf(managementUrl);
        }
    }

    /**
     * The gateway itself.
     *
     * @param connectTimeout    for a connection to a service
     * @param modelsTimeout     for a service to tell its models
     * @param readinessTimeout  for a service to answer its readiness probe
     * @param readinessInterval between two of them, and how long what the services told of their models is reused
     * @param maxOutstanding    requests that a service has whole and has not begun to answer; more are refused at once
     * @param resolveInterval   between two looks at which addresses the services' names stand for
     * @param resendBody        the largest body that is held so that a request can be sent to a second replica
     * @param resendMemory      for all bodies that are held; further ones pass through and are sent once
     */
    public record Gateway(
            @NotNull @DurationMin(millis = 1) @DefaultValue("2s")
            Duration connectTimeout,

            @NotNull @DurationMin(millis = 1) @DefaultValue("5s")
            Duration modelsTimeout,

            @NotNull @DurationMin(millis = 1) @DefaultValue("1s")
            Duration readinessTimeout,

            @NotNull @DurationMin(millis = 1) @DefaultValue("1s")
            Duration readinessInterval,

            @Min(1) @DefaultValue("256") int maxOutstanding,

            @NotNull @DurationMin(millis = 1) @DefaultValue("5s")
            Duration resolveInterval,

            @NotNull @DefaultValue("1MB") DataSize resendBody,
            @NotNull @DefaultValue("64MB") DataSize resendMemory) {}
}
