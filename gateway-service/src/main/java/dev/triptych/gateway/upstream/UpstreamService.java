package dev.triptych.gateway.upstream;

import java.time.Duration;
import org.springframework.util.unit.DataSize;

/**
 * One service behind the gateway.
 *
 * @param replicas          the processes that serve it
 * @param maxBody           the largest request body that is passed on to it
 * @param responseTimeout   from sending the request to the response's headers
 * @param streamIdleTimeout between two pieces of a response's body; a stream has no other bound
 */
public record UpstreamService(
        ServiceName name,
        ReplicaSet replicas,
        DataSize maxBody,
        Duration responseTimeout,
        Duration streamIdleTimeout) {}
