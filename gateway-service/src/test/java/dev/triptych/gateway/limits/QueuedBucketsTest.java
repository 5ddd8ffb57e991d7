package dev.triptych.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.testkit.ManualClock;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueuedBucketsTest extends BucketsContract {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Buckets alone = new QueuedBuckets(new MemoryBuckets(Clock.systemUTC()));
    private final ManualClock clock = new ManualClock();
    private final AtomicInteger asked = new AtomicInteger();

    @Override
    Buckets buckets() {
        return alone;
    }

    @Test
    void anEmptyBucketIsNotAskedForAgainBeforeAUnitCanHaveFlownIn() {
        Buckets queued = queued(new MemoryBuckets(clock));
        Bucket bucket = new Bucket("k", LimitUnit.REQUESTS, 60);
        assertThat(draw(queued, bucket, new Draw(60, 0)).granted()).isEqualTo(60);
        clock.advance(Duration.ofMillis(250));
        for (int i = 0; i < 100; i++) {
            Draw.Drawn drawn = draw(queued, bucket, i % 2 == 0 ? Draw.ONE : Draw.LOOK);
            assertThat(drawn.granted()).isZero();
            assertThat(drawn.level()).isCloseTo(0.25, within(1e-9));
        }
        assertThat(asked).hasValue(1);
        assertThat(draw(queued, new Bucket("other", LimitUnit.REQUESTS, 60), Draw.ONE)
                        .granted())
                .isEqualTo(1);
        assertThat(draw(queued, bucket, new Draw(0, 2)).level()).isCloseTo(-1.75, within(1e-9));
        clock.advance(Duration.ofMillis(2740));
        assertThat(draw(queued, bucket, Draw.ONE).granted()).isZero();
        assertThat(asked).hasValue(3);
        clock.advance(Duration.ofMillis(10));
        assertThat(draw(queued, bucket, Draw.ONE).granted()).isEqualTo(1);
        assertThat(asked).hasValue(4);
    }

    /** Another gateway draws from the same levels, which this one does not hear of. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void eachDrawGetsWhatTheStoreWouldHaveGiven(long seed) {
        Random random = new Random(seed);
        Buckets store = new MemoryBuckets(clock);
        Buckets queued = queued(store);
        Buckets plain = new MemoryBuckets(clock);
        Bucket bucket = new Bucket("k", LimitUnit.TOKENS, 1 + random.nextInt(100));
        for (int i = 0; i < 2000; i++) {
            clock.advance(Duration.ofMillis(random.nextInt(10) == 0 ? random.nextInt(20_000) : random.nextInt(200)));
            Draw draw = new Draw(random.nextInt(3), random.nextInt(20) == 0 ? random.nextInt(30) : 0);
            boolean other = random.nextInt(4) == 0;
            Draw.Drawn expected = draw(plain, bucket, draw);
            Draw.Drawn drawn = draw(other ? store : queued, bucket, draw);
            assertThat(drawn.granted()).as("draw %d of seed %d", i, seed).isEqualTo(expected.granted());
            assertThat(drawn.level() >= 1).isEqualTo(expected.level() >= 1);
        }
        assertThat(asked.get()).isBetween(1, 1900);
    }

    private Buckets queued(Buckets store) {
        return new QueuedBuckets(
                (bucket, draw) -> {
                    asked.incrementAndGet();
                    return store.draw(bucket, draw);
                },
                () -> Duration.ofMillis(clock.millis()).toNanos());
    }

    private static Draw.Drawn draw(Buckets buckets, Bucket bucket, Draw draw) {
        return buckets.draw(bucket, draw).blockOptional(PATIENCE).orElseThrow();
    }
}
