package dev.triptych.gateway.access;

import com.github.benmanes.caffeine.cache.AsyncCacheLoader;
import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Finds keys by their secrets, and remembers for a moment what it found, so that the store is not asked for every
 * request. What this gateway revokes is gone at once, what another one revokes within that moment. Safe from any thread.
 */
public final class KeyDirectory {

    private static final int MOST_REMEMBERED = 10_000;
    private static final String ANY = "";

    private final KeyTable table;
    private final Clock clock;
    private final AsyncLoadingCache<String, Optional<ApiKey>> found;
    private final AsyncLoadingCache<String, Boolean> anyInStore;
    private volatile boolean keysExist;

    /** @param remembered how long an answer of the store stands */
    public KeyDirectory(KeyTable table, Clock clock, Duration remembered) {
        this.table = table;
        this.clock = clock;
        this.found = remembering(
                remembered,
                (hash, executor) -> table.find(hash).singleOptional().toFuture());
        this.anyInStore = remembering(
                remembered,
                (question, executor) ->
                        table.any().doOnNext(any -> keysExist |= any).toFuture());
    }

    /** An answer in use is asked for again before its time is over, so that no request waits for the store. */
    private static <T> AsyncLoadingCache<String, T> remembering(
            Duration remembered, AsyncCacheLoader<String, T> store) {
        return Caffeine.newBuilder()
                .refreshAfterWrite(remembered.dividedBy(2).plusNanos(1))
                .expireAfterWrite(remembered)
                .maximumSize(MOST_REMEMBERED)
                .buildAsync(store);
    }

    /** Whether keys were ever made. The last one's revocation does not open the gateway again. */
    Mono<Boolean> anyExist() {
        return Mono.defer(() -> keysExist ? Mono.just(true) : Mono.fromFuture(() -> anyInStore.get(ANY), true));
    }

    /** Empty where the secret is no good key's. */
    Mono<ApiKey> find(String secret) {
        String hash = KeySecret.hash(secret);
        return Mono.fromFuture(() -> found.get(hash), true)
                .flatMap(Mono::justOrEmpty)
                .filter(key -> KeySecret.sameHash(key.secretHash(), hash));
    }

    Mono<ApiKey> create(ApiKey key) {
        return table.create(key).then(Mono.fromCallable(() -> {
            keysExist = true;
            found.synchronous().invalidate(key.secretHash());
            return key;
        }));
    }

    Mono<List<ApiKey>> list() {
        return table.list();
    }

    Mono<ApiKey> revoke(String id) {
        return table.revoke(id, clock.instant())
                .doOnNext(key -> found.synchronous().invalidate(key.secretHash()));
    }
}
