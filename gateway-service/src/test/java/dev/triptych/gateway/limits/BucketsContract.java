package dev.triptych.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** What every place for levels does, on a bucket that fills so slowly that the test sees nothing of it. */
abstract class BucketsContract {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String key = "key_" + UUID.randomUUID();

    abstract Buckets buckets();

    @Test
    void aNewBucketIsFullAndGivesWholeUnitsUntilItIsEmpty() {
        assertThat(draw(3, new Draw(2, 0)).granted()).isEqualTo(2);
        assertThat(draw(3, new Draw(2, 0)).granted()).isEqualTo(1);
        assertThat(draw(3, Draw.ONE).granted()).isZero();
        assertThat(draw(3, Draw.LOOK).level()).isCloseTo(0, within(0.9));
    }

    @Test
    void whatWasUsedIsDrawnIntoDebt() {
        Draw.Drawn drawn = draw(3, new Draw(0, 50));
        assertThat(drawn.granted()).isZero();
        assertThat(drawn.level()).isCloseTo(-47, within(0.9));
        assertThat(draw(3, Draw.ONE).granted()).isZero();
    }

    @Test
    void aLowerLimitHoldsAtOnce() {
        assertThat(draw(1000, Draw.LOOK).level()).isCloseTo(1000, within(0.1));
        assertThat(draw(2, new Draw(10, 0)).granted()).isEqualTo(2);
    }

    @Test
    void unitsAndKeysDoNotShare() {
        assertThat(draw(2, new Draw(2, 0)).granted()).isEqualTo(2);
        assertThat(draw(new Bucket(key, LimitUnit.IMAGES, 2), new Draw(2, 0)).granted())
                .isEqualTo(2);
        assertThat(draw(new Bucket(key + "x", LimitUnit.REQUESTS, 2), new Draw(2, 0))
                        .granted())
                .isEqualTo(2);
    }

    @Test
    void manyAtOnceGetExactlyWhatThereIs() {
        Buckets buckets = buckets();
        Bucket bucket = new Bucket(key, LimitUnit.REQUESTS, 5);
        List<Draw.Drawn> all = Flux.range(0, 200)
                .flatMap(each -> buckets.draw(bucket, Draw.ONE).subscribeOn(Schedulers.parallel()), 200)
                .collectList()
                .blockOptional(PATIENCE)
                .orElseThrow();
        assertThat(all).hasSize(200);
        // Five, and at this rate one more each twelve seconds.
        assertThat(all.stream().mapToLong(Draw.Drawn::granted).sum()).isBetween(5L, 8L);
    }

    Draw.Drawn draw(long perMinute, Draw draw) {
        return draw(new Bucket(key, LimitUnit.REQUESTS, perMinute), draw);
    }

    private Draw.Drawn draw(Bucket bucket, Draw draw) {
        return buckets().draw(bucket, draw).blockOptional(PATIENCE).orElseThrow();
    }
}
