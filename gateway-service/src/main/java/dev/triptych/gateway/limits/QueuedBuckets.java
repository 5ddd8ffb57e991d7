package dev.triptych.gateway.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

/**
 * Lets one draw of each bucket be on its way at a time, and all that come meanwhile go together in the next. However many
 * requests one key sends, it takes one connection of the store, and others find theirs. A bucket that was found empty is
 * not asked for again before a unit can have flown in: until then it can only have been drawn from by others.
 */
public final class QueuedBuckets implements Buckets {

    private static final int MOST_BUCKETS = 100_000;
    private static final int MOST_WAITING = 10_000;
    private static final Duration KEPT = Duration.ofMinutes(10);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private static final double NANOS_PER_MINUTE = 60e9;

    /** Of a unit: what two clocks and the rounding may differ by. */
    private static final double MARGIN = 1e-6;

    private final Buckets buckets;
    private final LongSupplier nanoTime;
    private final Cache<Bucket, Line> lines = Caffeine.newBuilder()
            .maximumSize(MOST_BUCKETS)
            .expireAfterAccess(KEPT)
            .build();

    public QueuedBuckets(Buckets buckets) {
        this(buckets, System::nanoTime);
    }

    QueuedBuckets(Buckets buckets, LongSupplier nanoTime) {
        this.buckets = buckets;
        this.nanoTime = nanoTime;
    }

    @Override
    public Mono<Draw.Drawn> draw(Bucket bucket, Draw draw) {
        return Mono.defer(() -> {
            Line line = lines.get(bucket, Line::new);
            double most = line.mostByNow();
            if (draw.used() == 0 && most < 1 - MARGIN) {
                return Mono.just(new Draw.Drawn(0, most));
            }
            // Those who waited go on side by side, not one after the other on the store's thread.
            return Mono.<Draw.Drawn>create(sink -> line.add(new Waiting(draw, sink)))
                    .publishOn(Schedulers.parallel());
        });
    }

    /** What the store said last, and when it was asked. */
    private record Level(double level, long askedNanos) {}

    private record Waiting(Draw draw, MonoSink<Draw.Drawn> sink) {}

    private final class Line {

        private final Bucket bucket;
        private List<Waiting> waiting = new ArrayList<>();
        private boolean drawing;
        private volatile @Nullable Level last;

        Line(Bucket bucket) {
            this.bucket = bucket;
        }

        /** The highest level that there can be now. */
        double mostByNow() {
            Level known = last;
            return known == null
                    ? bucket.perMinute()
                    : known.level()
                            + (nanoTime.getAsLong() - known.askedNanos()) * bucket.perMinute() / NANOS_PER_MINUTE;
        }

        void add(Waiting next) {
            boolean full;
            synchronized (this) {
                full = waiting.size() >= MOST_WAITING;
                if (!full) {
                    waiting.add(next);
                }
            }
            if (full) {
                next.sink()
                        .error(new TriptychException.Overloaded(
                                ErrorCode.OVERLOADED,
                                RETRY_AFTER,
                                "Too many requests of this key wait for its limit to be looked up."));
            } else {
                drawNext();
            }
        }

        private void drawNext() {
            List<Waiting> together;
            synchronized (this) {
                if (drawing || waiting.isEmpty()) {
                    return;
                }
                drawing = true;
                together = waiting;
                waiting = new ArrayList<>();
            }
            Draw sum = together.stream().map(Waiting::draw).reduce(Draw.LOOK, Draw::plus);
            long asked = nanoTime.getAsLong();
            buckets.draw(bucket, sum)
                    .doOnNext(drawn -> last = new Level(drawn.level(), asked))
                    .doFinally(signal -> {
                        synchronized (this) {
                            drawing = false;
                        }
                        drawNext();
                    })
                    .subscribe(
                            drawn -> share(together, drawn),
                            error -> together.forEach(each -> each.sink().error(error)));
        }

        /** In the order of their coming: who comes first sees the level before the others have drawn. */
        private static void share(List<Waiting> together, Draw.Drawn drawn) {
            long left = drawn.granted();
            for (Waiting each : together) {
                long granted = Math.min(each.draw().wanted(), left);
                left -= granted;
                each.sink().success(new Draw.Drawn(granted, drawn.level() + left));
            }
        }
    }
}
