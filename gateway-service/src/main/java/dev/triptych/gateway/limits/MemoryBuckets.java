package dev.triptych.gateway.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Levels in this process alone. */
public final class MemoryBuckets implements Buckets {

    private static final int MOST_BUCKETS = 100_000;

    /** A bucket is full again after a minute; only one that owes more than this long may be let off. */
    private static final Duration KEPT = Duration.ofHours(1);

    private final Clock clock;
    private final Cache<String, Level> levels = Caffeine.newBuilder()
            .maximumSize(MOST_BUCKETS)
            .expireAfterAccess(KEPT)
            .build();

    public MemoryBuckets(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Mono<Draw.Drawn> draw(Bucket bucket, Draw draw) {
        return Mono.fromCallable(() -> levels.get(
                        bucket.unit().key() + " " + bucket.keyId(),
                        absent -> new Level(bucket.perMinute(), clock.millis()))
                .draw(bucket.perMinute(), draw, clock.millis()));
    }

    /** One bucket's level; its own lock, which nobody holds for long. */
    private static final class Level {

        private static final double MILLIS_PER_MINUTE = 60_000;

        private double level;
        private long filledAt;

        Level(double level, long filledAt) {
            this.level = level;
            this.filledAt = filledAt;
        }

        synchronized Draw.Drawn draw(long perMinute, Draw draw, long now) {
            long passed = Math.max(0, now - filledAt);
            level = Math.min(perMinute, level + passed * perMinute / MILLIS_PER_MINUTE);
            filledAt = Math.max(filledAt, now);
            long granted = Math.max(0, Math.min(draw.wanted(), (long) Math.floor(level)));
            level -= granted + draw.used();
            return new Draw.Drawn(granted, level);
        }
    }
}
