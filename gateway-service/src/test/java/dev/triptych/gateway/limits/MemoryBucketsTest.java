package dev.triptych.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.testkit.ManualClock;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryBucketsTest extends BucketsContract {

    private final Buckets buckets = new MemoryBuckets(Clock.systemUTC());

    @Override
    Buckets buckets() {
        return buckets;
    }

    /** No window of a minute may see more than two bucketfuls, nor any time more than a bucketful and what flowed in. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void overAnyTimeNoMoreIsGivenThanFitsAndFlowsIn(long seed) {
        Random random = new Random(seed);
        ManualClock clock = new ManualClock();
        Buckets timed = new MemoryBuckets(clock);
        Bucket bucket = new Bucket("k", LimitUnit.REQUESTS, 1 + random.nextInt(100));
        Deque<long[]> given = new ArrayDeque<>();
        long now = 0;
        long total = 0;
        for (int i = 0; i < 2000; i++) {
            long pause = random.nextInt(10) == 0 ? random.nextInt(90_000) : random.nextInt(50);
            now += pause;
            clock.advance(Duration.ofMillis(pause));
            long granted =
                    timed.draw(bucket, new Draw(random.nextInt(4), 0)).block().granted();
            total += granted;
            given.addLast(new long[] {now, granted});
            assertThat((double) total).isLessThanOrEqualTo(bucket.perMinute() * (1 + now / 60_000.0) + 1e-6);
            while (given.getFirst()[0] < now - 60_000) {
                given.removeFirst();
            }
            assertThat(given.stream().mapToLong(each -> each[1]).sum()).isLessThanOrEqualTo(2 * bucket.perMinute());
        }
        assertThat(total).isPositive();
    }
}
