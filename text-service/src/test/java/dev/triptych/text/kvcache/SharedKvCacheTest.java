package dev.triptych.text.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedKvCacheTest {

    private static final KvGeometry GEOMETRY = new KvGeometry(2, 3, 4);

    private final SharedKvCache cache = new SharedKvCache(GEOMETRY, 1 << 24);

    @AfterEach
    void close() {
        cache.close();
    }

    @Test
    void aFailedReservationLeavesTheCacheAsItWas() {
        new Row(1, 5).join();
        CacheSnapshot before = cache.snapshot();
        assertThat(cache.reserve(0, Optional.of(new CacheDemand(64, 512, 4096))))
                .isInstanceOf(Reservation.Exhausted.class);
        assertThat(cache.snapshot()).isEqualTo(before);
    }

    @Test
    void aJoinThatIsNotCommittedLeavesTheRowsThatRun() {
        Row row = new Row(1, 5);
        row.join();
        try (SharedStep step = granted(cache.reserve(0, Optional.of(new CacheDemand(2, 40, 10))))) {
            assertThat(step.rows()).isEqualTo(3);
        }
        try (SharedStep step = granted(cache.reserve(0, Optional.empty()))) {
            assertThat(step.rows()).isEqualTo(1);
            row.check(step, 0);
        }
    }

    @Test
    void aFirstJoinThatIsNotCommittedLeavesNothing() {
        granted(cache.reserve(0, Optional.of(new CacheDemand(2, 40, 10)))).close();
        assertThat(cache.snapshot().cohorts()).isZero();
        assertThat(cache.snapshot().promisedBytes()).isZero();
        assertThat(cache.snapshot().leasedBytes()).isZero();
    }

    @Test
    void aRowThatRunsCannotJoinAgain() {
        new Row(1, 5).join();
        try (SharedStep step = granted(cache.reserve(0, Optional.of(new CacheDemand(1, 5, 10))))) {
            assertThatThrownBy(() -> step.joins(0, 5)).hasMessageContaining("runs already");
        }
    }

    @Test
    void aRowKeepsNoMoreThanTheStepWrote() {
        new Row(1, 5).join();
        try (SharedStep step = granted(cache.reserve(0, Optional.empty()))) {
            assertThatThrownBy(() -> step.commit(new int[] {2})).hasMessageContaining("cannot keep 2 of 1");
            step.widen(3);
            step.commit(new int[] {2});
        }
        try (SharedStep step = granted(cache.reserve(0, Optional.empty()))) {
            assertThat(step.pastLength(0)).isEqualTo(3);
        }
    }

    @Test
    void aRowCannotMoveOverOneThatIsStillNeeded() {
        new Row(1, 5).join();
        new Row(2, 5).join();
        assertThatThrownBy(() -> cache.rearrange(0, new int[] {1, 0})).hasMessageContaining("still needed");
    }

    /** Rows join, step, move and leave at random; each must find what it wrote, wherever it stands and however long. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everyRowKeepsWhatItWrote(long seed) {
        Random random = new Random(seed);
        List<Row> rows = new ArrayList<>();
        int numbers = 0;
        for (int turn = 0; turn < 300; turn++) {
            List<Row> joining = new ArrayList<>();
            for (int i = random.nextInt(10) - 7; i > 0 && rows.size() + joining.size() < 20; i--) {
                joining.add(new Row(++numbers, 1 + random.nextInt(70)));
            }
            step(rows, joining, random.nextInt(5) > 0, random);
            if (random.nextInt(4) == 0 && !rows.isEmpty()) {
                leave(rows, random);
            }
            assertThat(CacheInvariants.violations(cache.snapshot()))
                    .as("seed %d, turn %d", seed, turn)
                    .isEmpty();
            assertThat(cache.snapshot().cohorts()).isEqualTo(rows.isEmpty() ? 0 : 1);
        }
    }

    /** Each row writes one token, or several of which it keeps some. */
    private void step(List<Row> rows, List<Row> joining, boolean commit, Random random) {
        if (rows.isEmpty() && joining.isEmpty()) {
            return;
        }
        try (SharedStep step = granted(cache.reserve(0, demand(joining)))) {
            for (int i = 0; i < joining.size(); i++) {
                joining.get(i).encode(step, rows.size() + i);
            }
            List<Row> all = new ArrayList<>(rows);
            all.addAll(joining);
            int width = random.nextInt(3) > 0 ? 1 : 2 + random.nextInt(6);
            if (width > 1) {
                step.widen(width);
            }
            int[] kept = all.stream().mapToInt(row -> random.nextInt(width + 1)).toArray();
            for (int i = 0; i < all.size(); i++) {
                all.get(i).check(step, i);
                all.get(i).write(step, i, width);
            }
            if (commit) {
                step.commit(kept);
                rows.clear();
                rows.addAll(all);
                for (int i = 0; i < kept.length; i++) {
                    rows.get(i).past += kept[i];
                }
            }
        }
    }

    private static Optional<CacheDemand> demand(List<Row> joining) {
        return joining.isEmpty()
                ? Optional.empty()
                : Optional.of(new CacheDemand(
                        joining.size(),
                        joining.stream().mapToInt(row -> row.source).max().orElseThrow(),
                        900));
    }

    private void leave(List<Row> rows, Random random) {
        List<Integer> kept =
                new ArrayList<>(IntStream.range(0, rows.size()).boxed().toList());
        for (int i = 0; i < kept.size(); i++) {
            if (random.nextBoolean()) {
                int last = kept.removeLast();
                if (i < kept.size()) {
                    kept.set(i, last);
                }
            }
        }
        cache.rearrange(0, kept.stream().mapToInt(Integer::intValue).toArray());
        List<Row> before = List.copyOf(rows);
        rows.clear();
        kept.forEach(index -> rows.add(before.get(index)));
    }

    private static SharedStep granted(Reservation<SharedStep> reservation) {
        return ((Reservation.Granted<SharedStep>) reservation).step();
    }

    /** A row that writes values which name it, its tensors and its positions. */
    private final class Row {

        private final int number;
        private final int source;
        private int past;

        Row(int number, int source) {
            this.number = number;
            this.source = source;
        }

        void join() {
            int running = cache.snapshot().cohorts() == 0 ? 0 : number - 1;
            try (SharedStep step = granted(cache.reserve(0, Optional.of(new CacheDemand(1, source, 10))))) {
                encode(step, running);
                write(step, running, 1);
                step.commit();
                past = 1;
            }
        }

        void encode(SharedStep step, int row) {
            step.joins(row, source);
            for (int layer = 0; layer < 2; layer++) {
                for (int position = 0; position < source; position++) {
                    put(step.crossKey(layer), row, position, value(layer, 0, position));
                    put(step.crossValue(layer), row, position, value(layer, 1, position));
                }
            }
        }

        /** Writes {@code width} tokens behind the row's past. */
        void write(SharedStep step, int row, int width) {
            assertThat(step.pastLength(row)).isEqualTo(past);
            for (int layer = 0; layer < 2; layer++) {
                for (int position = past; position < past + width; position++) {
                    put(step.key(layer), row, position, value(layer, 2, position));
                    put(step.value(layer), row, position, value(layer, 3, position));
                }
            }
        }

        void check(SharedStep step, int row) {
            assertThat(step.pastLength(row)).isEqualTo(past);
            assertThat(step.sourceLength(row)).isEqualTo(source);
            for (int layer = 0; layer < 2; layer++) {
                for (int position = 0; position < source; position++) {
                    holds(step.crossKey(layer), row, position, value(layer, 0, position));
                    holds(step.crossValue(layer), row, position, value(layer, 1, position));
                }
                for (int position = 0; position < past; position++) {
                    holds(step.key(layer), row, position, value(layer, 2, position));
                    holds(step.value(layer), row, position, value(layer, 3, position));
                }
            }
        }

        private float value(int layer, int part, int position) {
            return number * 10_000 + layer * 4000 + part * 1000 + position;
        }
    }

    private static void put(Tensor tensor, int row, int position, float value) {
        forEach(tensor, row, position, index -> tensor.setFloat(index, value));
    }

    private static void holds(Tensor tensor, int row, int position, float value) {
        forEach(
                tensor,
                row,
                position,
                index -> assertThat(tensor.getFloat(index)).isEqualTo(value));
    }

    private static void forEach(Tensor tensor, int row, int position, java.util.function.LongConsumer action) {
        long capacity = tensor.shape().dim(2);
        for (long head = 0; head < 3; head++) {
            for (long i = 0; i < 4; i++) {
                action.accept(((row * 3 + head) * capacity + position) * 4 + i);
            }
        }
    }
}
