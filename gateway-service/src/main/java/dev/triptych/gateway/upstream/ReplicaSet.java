package dev.triptych.gateway.upstream;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.net.ConnectException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * A service's processes, and which of them gets the next request: of those that are ready and do not fail, the one that
 * has the fewest from this gateway. Where all are left alone, one of them is asked all the same, since what is known of
 * them may be a moment old. Safe from any thread; never waits.
 */
public final class ReplicaSet {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaSet.class);

    private final ServiceName service;
    private final ReplicaBreakers breakers;
    private final ReplicaMetrics metrics;
    private final AtomicInteger turn = new AtomicInteger();
    private volatile List<Replica> replicas = List.of();

    /** @param first where they are, as far as is known at the start; at least one */
    public ReplicaSet(
            ServiceName service, List<ReplicaAddress> first, ReplicaBreakers breakers, ReplicaMetrics metrics) {
        this.service = service;
        this.breakers = breakers;
        this.metrics = metrics;
        update(first);
    }

    List<Replica> all() {
        return replicas;
    }

    /** Keeps those that are still there, with all that is known of them. One thread at a time calls it. */
    void update(List<ReplicaAddress> addresses) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException(service + " must have at least one address, got none");
        }
        List<Replica> before = replicas;
        if (before.stream().map(Replica::address).toList().equals(addresses)) {
            return;
        }
        List<Replica> now = new ArrayList<>();
        for (ReplicaAddress address : addresses) {
            now.add(before.stream()
                    .filter(replica -> replica.address().equals(address))
                    .findFirst()
                    .orElseGet(() -> create(address, freeNumber(before, now))));
        }
        replicas = List.copyOf(now);
        before.stream()
                .filter(replica -> !now.contains(replica))
                .forEach(replica -> breakers.remove(replica.breaker()));
        metrics.watch(service, replicas);
        LOG.info("{} is served by {}", service, replicas);
    }

    private Replica create(ReplicaAddress address, int number) {
        CircuitBreaker breaker = breakers.create(service, number);
        Replica replica = new Replica(address, number, breaker);
        breaker.getEventPublisher().onStateTransition(change -> {
            if (change.getStateTransition().getToState() == CircuitBreaker.State.OPEN) {
                metrics.ejected(service);
                LOG.warn("{} at {} is left alone for a while: {}", service, replica, replica.reason());
            }
        });
        return replica;
    }

    private static int freeNumber(List<Replica> before, List<Replica> now) {
        return IntStream.iterate(0, number -> number + 1)
                .filter(number -> before.stream().noneMatch(replica -> replica.number() == number))
                .filter(number -> now.stream().noneMatch(replica -> replica.number() == number))
                .findFirst()
                .orElseThrow();
    }

    /** Begins a request that was sent to those {@code tried} already; empty where none is left. */
    public Optional<Attempt> begin(Set<Replica> tried) {
        List<Replica> inTurn = inTurn();
        Set<Replica> passed = new HashSet<>(tried);
        inTurn.stream().filter(Replica::saysNotReady).forEach(passed::add);
        while (true) {
            Optional<Replica> next = fewest(inTurn, passed);
            if (next.isEmpty()) {
                return fewest(inTurn, tried).map(Replica::attemptAnyway);
            }
            Optional<Attempt> attempt = next.get().tryAttempt();
            if (attempt.isPresent()) {
                return attempt;
            }
            passed.add(next.get());
        }
    }

    /** Those that have equally much to do take turns. */
    private List<Replica> inTurn() {
        List<Replica> all = new ArrayList<>(replicas);
        Collections.rotate(all, turn.getAndIncrement());
        return all;
    }

    private static Optional<Replica> fewest(List<Replica> all, Set<Replica> without) {
        return all.stream()
                .filter(replica -> !without.contains(replica))
                .reduce((best, other) -> other.outstanding() < best.outstanding() ? other : best);
    }

    /** Requests that they have whole and have not begun to answer. */
    int waiting() {
        int sum = 0;
        for (Replica each : replicas) {
            sum += each.waiting();
        }
        return sum;
    }

    /** Whether one is left that was not tried. */
    public boolean hasUntried(Set<Replica> tried) {
        return !tried.containsAll(replicas);
    }

    /** Whether there is another that is not left alone. */
    public boolean hasAnother(Set<Replica> tried) {
        return !others(tried).isEmpty();
    }

    /** Where those are that were not told and are not left alone. */
    public List<URI> others(Set<Replica> told) {
        return replicas.stream()
                .filter(replica -> !told.contains(replica) && !replica.isLeftAlone())
                .map(Replica::url)
                .toList();
    }

    /** A request was sent once more, to another. */
    public void sentAgain() {
        metrics.sentAgain(service);
    }

    /**
     * Asks one of them what changes nothing, and the next one where that fails.
     *
     * @param question gets the replica's address; any error of it leads to the next replica
     */
    public <T> Mono<T> ask(Function<URI, Mono<T>> question) {
        return Mono.defer(() -> ask(question, new HashSet<>()));
    }

    private <T> Mono<T> ask(Function<URI, Mono<T>> question, Set<Replica> tried) {
        Optional<Attempt> begun = begin(tried);
        if (begun.isEmpty()) {
            return Mono.error(new ConnectException(service + " has no address"));
        }
        Attempt attempt = begun.get();
        tried.add(attempt.replica());
        return question.apply(attempt.url())
                .doOnSuccess(answer -> attempt.answered())
                .doFinally(signal -> attempt.end())
                .onErrorResume(error -> hasUntried(tried), error -> ask(question, tried));
    }
}
