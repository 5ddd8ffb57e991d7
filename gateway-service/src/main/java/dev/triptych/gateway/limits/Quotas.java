package dev.triptych.gateway.limits;

import dev.triptych.gateway.access.Caller;
import dev.triptych.gateway.access.KeyLimits;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Which limits hold for whom: a key's own, otherwise the gateway's defaults; none for whoever comes to an open gateway.
 *
 * <p>Requests and images are drawn before the work. How many tokens it takes is known only afterwards: it may begin while
 * any are left, and what it used is drawn then, into debt if need be, which the next minutes pay.
 */
public final class Quotas {

    private static final double MILLIS_PER_MINUTE = 60_000;

    private final Buckets buckets;
    private final KeyLimits defaults;

    public Quotas(Buckets buckets, KeyLimits defaults) {
        this.buckets = buckets;
        this.defaults = defaults;
    }

    /**
     * Where a caller stands with one limit.
     *
     * @param granted   whether the work may begin
     * @param remaining whole units left
     * @param untilNext until one more unit is there
     * @param reset     until the bucket is full
     */
    record Standing(LimitUnit unit, long limit, boolean granted, long remaining, Duration untilNext, Duration reset) {}

    /** Empty where the caller has no limit of this unit. */
    Mono<Standing> begin(Caller caller, LimitUnit unit) {
        Bucket bucket = bucket(caller, unit);
        if (bucket == null) {
            return Mono.empty();
        }
        boolean looks = unit == LimitUnit.TOKENS;
        return buckets.draw(bucket, looks ? Draw.LOOK : Draw.ONE)
                .map(drawn -> standing(bucket, looks ? drawn.level() >= 1 : drawn.granted() == 1, drawn.level()));
    }

    /** Draws what was used. */
    Mono<Void> settle(Caller caller, long tokens) {
        Bucket bucket = bucket(caller, LimitUnit.TOKENS);
        return bucket == null || tokens <= 0
                ? Mono.empty()
                : buckets.draw(bucket, new Draw(0, tokens)).then();
    }

    /** How many of a caller's batches may run or wait at a time; empty: as many as of everybody. */
    public OptionalLong concurrentJobs(Caller caller) {
        Long own = caller.limits().concurrentJobs();
        Long most = own != null ? own : defaults.concurrentJobs();
        return most == null || !caller.known() ? OptionalLong.empty() : OptionalLong.of(most);
    }

    private @Nullable Bucket bucket(Caller caller, LimitUnit unit) {
        Long own = unit.of(caller.limits());
        Long perMinute = own != null ? own : unit.of(defaults);
        return perMinute == null || !caller.known() ? null : new Bucket(caller.id(), unit, perMinute);
    }

    private static Standing standing(Bucket bucket, boolean granted, double level) {
        double perMilli = bucket.perMinute() / MILLIS_PER_MINUTE;
        return new Standing(
                bucket.unit(),
                bucket.perMinute(),
                granted,
                Math.max(0, (long) Math.floor(level)),
                millis(Math.max(0, 1 - level) / perMilli),
                millis(Math.max(0, bucket.perMinute() - level) / perMilli));
    }

    private static Duration millis(double millis) {
        return Duration.ofMillis((long) Math.ceil(millis));
    }
}
