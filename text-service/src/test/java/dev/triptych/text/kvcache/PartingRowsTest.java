package dev.triptych.text.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows that part into several, as beams do: each must find all that the row it came from had written. */
class PartingRowsTest {

    private static final KvGeometry GEOMETRY = new KvGeometry(2, 3, 4);
    private static final int STEPS = 40;
    private static final int SOURCE = 5;

    /** What a row wrote: its prompt's number, then one number for each step. */
    private record Row(float prompt, List<Float> written) {}

    @ParameterizedTest
    @CsvSource({"1,2,6", "2,1,8", "3,3,9", "4,2,12", "5,4,4", "6,1,2"})
    void aRowOfAPlainGraphKeepsWhatItsAncestorsWrote(long seed, int joining, int most) {
        Random random = new Random(seed);
        try (CohortKvCache cache = new CohortKvCache(GEOMETRY, 1 << 22)) {
            List<Row> rows = new ArrayList<>();
            for (int turn = 0; turn < STEPS && (turn == 0 || !rows.isEmpty()); turn++) {
                Optional<CacheDemand> demand =
                        turn == 0 ? Optional.of(new CacheDemand(joining, most, SOURCE, STEPS)) : Optional.empty();
                try (CohortStep step = granted(cache.reserve(1, demand))) {
                    for (int row = 0; row < step.rows(); row++) {
                        if (turn == 0) {
                            rows.add(new Row(100 + row, new ArrayList<>()));
                            fill(step.crossKey(1), row, SOURCE, SOURCE, 100 + row);
                            step.sourceMask().setLong((long) row * SOURCE, 100 + row);
                        }
                        check(step, rows.get(row), row);
                        write(step, rows.get(row), row, random.nextFloat());
                    }
                    step.commit();
                }
                rows = rearranged(rows, random, most, cache);
                assertThat(CacheInvariants.violations(cache.snapshot())).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,2,6", "2,1,8", "3,3,9", "4,2,12", "5,4,4", "6,1,2"})
    void aRowOfAFusedGraphKeepsWhatItsAncestorsWrote(long seed, int joining, int most) {
        Random random = new Random(seed);
        try (SharedKvCache cache = new SharedKvCache(GEOMETRY, 1 << 22)) {
            List<Row> rows = new ArrayList<>();
            for (int turn = 0; turn < STEPS && (turn == 0 || !rows.isEmpty()); turn++) {
                boolean joins = rows.size() + joining <= most && turn % 7 == 0;
                Optional<CacheDemand> demand = joins
                        ? Optional.of(new CacheDemand(joining, most - rows.size(), SOURCE, STEPS))
                        : Optional.empty();
                try (SharedStep step = granted(cache.reserve(1, demand))) {
                    for (int row = 0; row < step.rows(); row++) {
                        if (row >= rows.size()) {
                            rows.add(new Row(1000 * turn + row, new ArrayList<>()));
                            step.joins(row, SOURCE);
                            int capacity = (int) step.crossKey(1).shape().dim(2);
                            fill(step.crossKey(1), row, capacity, SOURCE, 1000 * turn + row);
                        }
                        check(step, rows.get(row), row);
                        float value = random.nextFloat();
                        int capacity = (int) step.key(1).shape().dim(2);
                        put(step.key(1), row, capacity, step.pastLength(row), value);
                        rows.get(row).written().add(value);
                    }
                    step.commit();
                }
                rows = rearranged(rows, random, most, cache);
                assertThat(CacheInvariants.violations(cache.snapshot())).isEmpty();
            }
        }
    }

    @Test
    void aRowThatIsStillNeededIsNotOverwritten() {
        assertThatThrownBy(() -> RowMoves.check(new int[] {1, 0}, 2)).hasMessageContaining("still needed");
        assertThatThrownBy(() -> RowMoves.check(new int[] {0, 2}, 2)).hasMessageContaining("no row 2");
        RowMoves.check(new int[] {0, 2, 2, 3, 2}, 4);
    }

    /** Some rows end, some part, within what moves may do; what they wrote goes with them. */
    private static List<Row> rearranged(List<Row> rows, Random random, int most, KvCache<?> cache) {
        int count = rows.size();
        boolean[] stays = new boolean[count];
        for (int row = 0; row < count; row++) {
            stays[row] = random.nextInt(5) > 0;
        }
        int next = random.nextInt(3) == 0 ? Math.min(most, count + random.nextInt(4)) : count;
        List<Integer> sources = new ArrayList<>();
        for (int place = 0; place < next; place++) {
            if (place < count && stays[place]) {
                sources.add(place);
            } else {
                int from = random.nextInt(count);
                if (!stays[from]) {
                    break;
                }
                sources.add(from);
            }
        }
        int[] moves = sources.stream().mapToInt(Integer::intValue).toArray();
        cache.rearrange(1, moves);
        List<Row> moved = new ArrayList<>();
        for (int source : moves) {
            moved.add(new Row(
                    rows.get(source).prompt(), new ArrayList<>(rows.get(source).written())));
        }
        return moved;
    }

    private static void check(CohortStep step, Row row, int place) {
        int length = row.written().size();
        for (int i = 0; i < length; i++) {
            assertThat(get(step.pastKey(1), place, length, i))
                    .isEqualTo(row.written().get(i));
        }
        assertThat(get(step.crossKey(1), place, SOURCE, SOURCE - 1)).isEqualTo(row.prompt());
        assertThat(step.sourceMask().getLong((long) place * SOURCE)).isEqualTo((long) row.prompt());
    }

    private static void write(CohortStep step, Row row, int place, float value) {
        int length = row.written().size();
        for (int i = 0; i < length; i++) {
            put(step.presentKey(1), place, length + 1, i, row.written().get(i));
        }
        put(step.presentKey(1), place, length + 1, length, value);
        row.written().add(value);
    }

    private static void check(SharedStep step, Row row, int place) {
        assertThat(step.pastLength(place)).isEqualTo(row.written().size());
        int capacity = (int) step.key(1).shape().dim(2);
        for (int i = 0; i < row.written().size(); i++) {
            assertThat(get(step.key(1), place, capacity, i))
                    .isEqualTo(row.written().get(i));
        }
        assertThat(step.sourceLength(place)).isEqualTo(SOURCE);
        assertThat(get(step.crossKey(1), place, (int) step.crossKey(1).shape().dim(2), SOURCE - 1))
                .isEqualTo(row.prompt());
    }

    private static void fill(Tensor tensor, int row, int capacity, int length, float value) {
        for (int i = 0; i < length; i++) {
            put(tensor, row, capacity, i, value);
        }
    }

    private static void put(Tensor tensor, int row, int capacity, int position, float value) {
        for (int head = 0; head < 3; head++) {
            tensor.setFloat((((long) row * 3 + head) * capacity + position) * 4, value);
        }
    }

    /** The same in every head. */
    private static float get(Tensor tensor, int row, int capacity, int position) {
        float first = tensor.getFloat(((long) row * 3 * capacity + position) * 4);
        for (int head = 1; head < 3; head++) {
            assertThat(tensor.getFloat((((long) row * 3 + head) * capacity + position) * 4))
                    .isEqualTo(first);
        }
        return first;
    }

    private static <S extends CacheStep> S granted(Reservation<S> reservation) {
        if (reservation instanceof Reservation.Granted<S> granted) {
            return granted.step();
        }
        throw new AssertionError(reservation);
    }
}
