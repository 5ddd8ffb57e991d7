package dev.triptych.worker.drain;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Leaves politely. When the process is told to stop, its readiness says no at once; for a while after, all goes on as
 * before, so that whoever sends requests here has time to notice, and each answer asks its client to close the
 * connection. Only then do doors close and running requests end. Waits on the thread that closes the context, before
 * any other part of it stops.
 */
public final class Draining implements WebFilter, ApplicationListener<ContextClosedEvent>, Ordered {

    private static final Logger log = LoggerFactory.getLogger(Draining.class);

    private final Duration delay;
    private volatile boolean leaving;

    /** @param delay between saying no and closing the doors; 0: none */
    public Draining(Duration delay) {
        this.delay = delay;
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        // That of the management port has a parent, and closes later.
        if (event.getApplicationContext().getParent() != null || leaving) {
            return;
        }
        leaving = true;
        if (delay.isZero()) {
            return;
        }
        log.info("not ready any more; the doors close in {} ms", delay.toMillis());
        try {
            Thread.sleep(delay);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        exchange.getResponse()
                .beforeCommit(() -> Mono.fromRunnable(() -> {
                    if (leaving) {
                        exchange.getResponse().getHeaders().set(HttpHeaders.CONNECTION, "close");
                    }
                }));
        return chain.filter(exchange);
    }

    /** First: of those who hear that the context closes, some stop what requests still need. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }
}
