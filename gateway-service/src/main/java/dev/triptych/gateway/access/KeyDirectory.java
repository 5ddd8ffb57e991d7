package dev.triptych.gateway.access;

import com.github.benmanes.caffeine.cache.AsyncCache;
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

    private final KeyTable table;
    private final Clock clock;
    private final AsyncCache<String, Optional<ApiKey>> found;
    private final Mono<Boolean> anyInStore;
    private volatile boolean keysExist;

    /** @param remembered how long an answer of the store stands */
    public KeyDirectory(KeyTable table, Clock clock, Duration remembered) {
        this.table = table;
        this.clock = clock;
        this.found = Caffeine.newBuilder()
                .expireAfterWrite(remembered)
                .maximumSize(MOST_REMEMBERED)
                .buildAsync();
        this.anyInStore = table.any().doOnNext(any -> keysExist |= any).cache(remembered);
    }

    /** Whether keys were ever made. The last one's revocation does not open the gateway again. */
    Mono<Boolean> anyExist() {
        return Mono.defer(() -> keysExist ? Mono.just(true) : anyInStore);
    }

    /** Empty where the secret is no good key's. */
    Mono<ApiKey> find(String secret) {
        String hash = KeySecret.hash(secret);
        return Mono.fromFuture(
                        () -> found.get(
                                hash,
                                (absent, executor) ->
                                        table.find(absent).singleOptional().toFuture()),
                        true)
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
