package dev.triptych.gateway.access;

import dev.triptych.gateway.telemetry.RequestIdFilter;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Scheduler;

/**
 * One line of the logger {@code audit} for each request to a gateway that asks for keys: who, what, and how it ended.
 * Paths appear as their patterns, so that nothing a client wrote is in it.
 */
public final class AuditLog {

    private static final Logger AUDIT = LoggerFactory.getLogger("audit");
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

    private static final String TOKENS = "triptych.tokens";
    private static final int CLIENT_WENT_AWAY = 499;

    private final Scheduler writer;

    /** @param writer a bounded queue before one thread: writing a line may block */
    public AuditLog(Scheduler writer) {
        this.writer = writer;
    }

    /** Adds the tokens that a request took, as soon as they are known. */
    public static void tokens(ServerWebExchange exchange, long tokens) {
        exchange.getAttributes().put(TOKENS, tokens);
    }

    /** @param request its answer's end is the time to write */
    Mono<Void> around(ServerWebExchange exchange, Mono<Void> request) {
        return request.doFinally(signal -> {
            if (signal == SignalType.ON_ERROR && !exchange.getResponse().isCommitted()) {
                // The error's answer is given outside of all filters.
                exchange.getResponse().beforeCommit(() -> Mono.fromRunnable(() -> write(exchange, status(exchange))));
            } else {
                write(exchange, signal == SignalType.CANCEL ? CLIENT_WENT_AWAY : status(exchange));
            }
        });
    }

    private static int status(ServerWebExchange exchange) {
        HttpStatusCode status = exchange.getResponse().getStatusCode();
        return status == null ? 200 : status.value();
    }

    private void write(ServerWebExchange exchange, int status) {
        Caller caller = Caller.of(exchange);
        String key = caller.known() ? caller.id() : "-";
        HttpMethod method = exchange.getRequest().getMethod();
        String route = ServerRequestObservationContext.findCurrent(exchange.getAttributes())
                .map(ServerRequestObservationContext::getPathPattern)
                .orElse("-");
        String request = RequestIdFilter.of(exchange.getResponse());
        Object tokens = exchange.getAttributeOrDefault(TOKENS, "-");
        try {
            writer.schedule(() -> AUDIT.info(
                    "key={} method={} route={} status={} tokens={} request={}",
                    key,
                    method,
                    route,
                    status,
                    tokens,
                    request));
        } catch (RejectedExecutionException e) {
            LOG.error("{} is not in the audit log: it cannot be written fast enough", request);
        }
    }
}
