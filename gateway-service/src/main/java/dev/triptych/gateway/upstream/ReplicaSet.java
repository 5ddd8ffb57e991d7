package dev.triptych.gateway.upstream;

import java.net.ConnectException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;
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
    private final LongSupplier nanoTime;
    private final ReplicaMetrics metrics;
    private final AtomicInteger turn = new AtomicInteger();
    private volatile List<Replica> replicas = List.of();

    /**
     * @param first    where they are, as far as is known at the start; at least one
     * @param nanoTime a clock that does not jump
     */
    public ReplicaSet(ServiceName service, List<ReplicaAddress> first, LongSupplier nanoTime, ReplicaMetrics metrics) {
        this.service = service;
        this.nanoTime = nanoTime;
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
                    .orElseGet(() -> new Replica(address, freeNumber(before, now))));
        }
        replicas = List.copyOf(now);
        metrics.watch(service, replicas);
        LOG.info("{} is served by {}", service, replicas);
    }

    private static int freeNumber(List<Replica> before, List<Replica> now) {
        return IntStream.iterate(0, number -> number + 1)
                .filter(number -> before.stream().noneMatch(replica -> replica.number() == number))
                .filter(number -> now.stream().noneMatch(replica -> replica.number() == number))
                .findFirst()
                .orElseThrow();
    }

    /** The replica for a request that was sent to those {@code tried} already; empty where none is left. */
    public Optional<Replica> choose(Set<Replica> tried) {
        List<Replica> all = replicas;
        long now = nanoTime.getAsLong();
        // Those that have equally much to do take turns.
        int offset = Math.floorMod(turn.getAndIncrement(), all.size());
        return IntStream.range(0, all.size())
                .mapToObj(i -> all.get((i + offset) % all.size()))
                .filter(replica -> !tried.contains(replica))
                .reduce((best, other) -> isBetter(other, best, now) ? other : best);
    }

    private static boolean isBetter(Replica other, Replica best, long now) {
        boolean alone = other.isLeftAlone(now);
        return alone == best.isLeftAlone(now) ? other.outstanding() < best.outstanding() : !alone;
    }

    /** Whether there is another that is not left alone. */
    public boolean hasAnother(Set<Replica> tried) {
        return !others(tried).isEmpty();
    }

    /** Those that were not told and are not left alone. */
    public List<Replica> others(Set<Replica> told) {
        long now = nanoTime.getAsLong();
        return replicas.stream()
                .filter(replica -> !told.contains(replica) && !replica.isLeftAlone(now))
                .toList();
    }

    /** Its connection failed. */
    public void failed(Replica replica, Throwable error) {
        if (replica.failed(nanoTime.getAsLong(), error.toString())) {
            metrics.ejected(service);
            LOG.warn("{} at {} is left alone for a while: {}", service, replica, error.toString());
        }
    }

    /** It answered that it cannot serve; it is left alone until its probe says otherwise. */
    public void declined(Replica replica) {
        replica.saidNotReady("HTTP 503");
    }

    /** It answered. */
    public void succeeded(Replica replica) {
        replica.succeeded();
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
        Optional<Replica> chosen = choose(tried);
        if (chosen.isEmpty()) {
            return Mono.error(new ConnectException(service + " has no address"));
        }
        Replica replica = chosen.get();
        tried.add(replica);
        replica.begin();
        return question.apply(replica.url())
                .doFinally(signal -> replica.end())
                .onErrorResume(error -> choose(tried).isPresent(), error -> ask(question, tried));
    }
}
