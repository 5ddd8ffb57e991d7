package dev.triptych.gateway.errors;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** Names what went wrong between the gateway and a service. */
public final class UpstreamErrors {

    /** A service that is gone is usually being restarted. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private UpstreamErrors() {}

    /** @param service its name, for the message; errors that do not stem from the call stay as they are */
    public static Throwable translate(String service, Throwable error) {
        return switch (error) {
            case ConnectException e -> unreachable(service);
            case UnknownHostException e -> unreachable(service);
            case NoRouteToHostException e -> unreachable(service);
            case TimeoutException e -> tooSlow(service, e);
            case ResponseStatusException e when e.getStatusCode() == HttpStatus.GATEWAY_TIMEOUT -> tooSlow(service, e);
            case IOException e ->
                new TriptychException.Failed(
                        ErrorCode.UPSTREAM_FAILED, service + " broke off the connection before its answer ended.", e);
            default -> error;
        };
    }

    public static TriptychException unreachable(String service) {
        return new TriptychException.Overloaded(
                ErrorCode.UNAVAILABLE, RETRY_AFTER, service + " cannot be reached; try again shortly.");
    }

    private static TriptychException tooSlow(String service, Throwable cause) {
        return new TriptychException.Failed(
                ErrorCode.DEADLINE_EXCEEDED, service + " did not answer within its time limit.", cause);
    }
}
