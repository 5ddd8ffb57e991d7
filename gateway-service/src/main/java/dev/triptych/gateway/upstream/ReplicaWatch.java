package dev.triptych.gateway.upstream;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Keeps one service's replicas up to date, beside all requests: looks their names up, and asks each whether it is ready.
 * Works before the first request comes and until the last has ended. Waits for the name server on a thread that may.
 */
public final class ReplicaWatch implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaWatch.class);

    private static final String PROBE = "/actuator/health/readiness";

    private final UpstreamService service;
    private final ReplicaAddresses addresses;
    private final WebClient client;
    private final Pace pace;
    private final Scheduler timer;
    private long lookedUpMillis = Long.MIN_VALUE;
    private volatile @Nullable Disposable running;

    /**
     * How often.
     *
     * @param interval between two rounds of probes
     * @param deadline of one probe
     * @param lookUp   between two looks at the names
     */
    public record Pace(Duration interval, Duration deadline, Duration lookUp) {}

    public ReplicaWatch(
            UpstreamService service, ReplicaAddresses addresses, WebClient client, Pace pace, Scheduler timer) {
        this.service = service;
        this.addresses = addresses;
        this.client = client;
        this.pace = pace;
        this.timer = timer;
    }

    @Override
    public void start() {
        running = Mono.defer(this::round)
                .onErrorResume(error -> {
                    LOG.error("{}'s replicas were not looked at", service.name(), error);
                    return Mono.empty();
                })
                .repeatWhen(rounds -> rounds.delayElements(pace.interval(), timer))
                .subscribe();
    }

    private Mono<Void> round() {
        return lookUp().thenMany(
                        Flux.defer(() -> Flux.fromIterable(service.replicas().all())))
                .flatMap(this::probe)
                .then();
    }

    private Mono<Void> lookUp() {
        long now = timer.now(TimeUnit.MILLISECONDS);
        if (!addresses.mayChange()
                || lookedUpMillis != Long.MIN_VALUE
                        && now - lookedUpMillis < pace.lookUp().toMillis()) {
            return Mono.empty();
        }
        lookedUpMillis = now;
        return Mono.fromCallable(addresses::lookUp)
                .subscribeOn(Schedulers.boundedElastic())
                .doOnNext(service.replicas()::update)
                .then();
    }

    private Mono<Void> probe(Replica replica) {
        return client.get()
                .uri(replica.address().managementUrl() + PROBE)
                .exchangeToMono(response -> read(replica, response))
                .timeout(pace.deadline(), timer)
                .onErrorResume(error -> Mono.fromRunnable(() -> silent(replica, error)));
    }

    private static Mono<Void> read(Replica replica, ClientResponse response) {
        return response.releaseBody().then(Mono.fromRunnable(() -> {
            if (response.statusCode().is2xxSuccessful()) {
                replica.saidReady();
            } else {
                replica.saidNotReady("HTTP " + response.statusCode().value());
            }
        }));
    }

    private static void silent(Replica replica, Throwable error) {
        String why = NestedExceptionUtils.getMostSpecificCause(error).toString();
        if (error instanceof TimeoutException) {
            replica.saidNothing(why);
        } else {
            replica.saidNotReady(why);
        }
    }

    @Override
    public void stop() {
        Disposable watching = running;
        if (watching != null) {
            watching.dispose();
        }
        running = null;
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }

    /** Before the web server starts, and after it stops. */
    @Override
    public int getPhase() {
        return 0;
    }
}
