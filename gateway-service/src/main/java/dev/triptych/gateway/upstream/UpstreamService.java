package dev.triptych.gateway.upstream;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import org.springframework.util.unit.DataSize;

/**
 * One service behind the gateway.
 *
 * @param replicas          the processes that serve it
 * @param maxBody           the largest request body that is passed on to it
 * @param maxOutstanding    requests that its replicas have whole and have not begun to answer
 * @param responseTimeout   from sending the request to the response's headers
 * @param streamIdleTimeout between two pieces of a response's body; a stream has no other bound
 */
public record UpstreamService(
        ServiceName name,
        ReplicaSet replicas,
        DataSize maxBody,
        int maxOutstanding,
        Duration responseTimeout,
        Duration streamIdleTimeout) {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /**
     * Neither a body that is still on its way nor a stream that has begun takes room, so that clients who are slow at
     * either do not use it up.
     *
     * @throws TriptychException.Overloaded where the service has enough to do
     */
    public void checkRoom() {
        if (replicas.waiting() >= maxOutstanding) {
            throw new TriptychException.Overloaded(
                    ErrorCode.OVERLOADED,
                    RETRY_AFTER,
                    "%s has %d requests from here already; try again in %d s."
                            .formatted(name, maxOutstanding, RETRY_AFTER.toSeconds()));
        }
    }
}
