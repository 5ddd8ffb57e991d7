package dev.triptych.text.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.tensor.Tensor;
import dev.triptych.tensor.TensorMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CohortKvCacheTest {

    private static final KvGeometry GEOMETRY = new KvGeometry(2, 3, 4);

    private final CohortKvCache cache = new CohortKvCache(GEOMETRY, 1 << 24);

    @AfterEach
    void close() {
        cache.close();
    }

    @Test
    void aFailedReservationLeavesTheCacheAsItWas() {
        begin(1, new CacheDemand(2, 5, 20));
        CacheSnapshot before = cache.snapshot();
        assertThat(cache.reserve(2, Optional.of(new CacheDemand(64, 512, 4096))))
                .isInstanceOf(Reservation.Exhausted.class);
        assertThat(cache.snapshot()).isEqualTo(before);
    }

    @Test
    void aFirstStepThatIsNotCommittedLeavesNoCohort() {
        try (CohortStep step = granted(cache.reserve(1, Optional.of(new CacheDemand(2, 5, 20))))) {
            assertThat(step.first()).isTrue();
        }
        assertThat(cache.snapshot().cohorts()).isZero();
        assertThat(cache.snapshot().promisedBytes()).isZero();
        assertThat(cache.snapshot().leasedBytes()).isZero();
    }

    @Test
    void aStepThatIsNotCommittedLeavesThePastAsItWas() {
        begin(1, new CacheDemand(2, 5, 20));
        try (CohortStep step = granted(cache.reserve(1, Optional.empty()))) {
            fill(step.presentKey(0), 99);
        }
        try (CohortStep step = granted(cache.reserve(1, Optional.empty()))) {
            assertThat(step.pastKey(0).shape().toArray()).containsExactly(2, 3, 1, 4);
            assertThat(values(step.pastKey(0))).containsOnly(1f);
        }
    }

    @Test
    void thePresentBecomesThePast() {
        begin(1, new CacheDemand(2, 5, 40));
        for (int length = 1; length < 40; length++) {
            try (CohortStep step = granted(cache.reserve(1, Optional.empty()))) {
                assertThat(step.pastValue(1).shape().toArray()).containsExactly(2, 3, length, 4);
                assertThat(values(step.pastValue(1))).containsOnly((float) length);
                fill(step.presentValue(1), length + 1);
                step.commit();
            }
        }
        assertThatThrownBy(() -> cache.reserve(1, Optional.empty())).hasMessageContaining("40 tokens");
    }

    @Test
    void keepingRowsMovesThemWhole() {
        CacheDemand demand = new CacheDemand(4, 5, 20);
        try (CohortStep step = granted(cache.reserve(1, Optional.of(demand)))) {
            for (int layer = 0; layer < 2; layer++) {
                number(step.presentKey(layer));
                number(step.presentValue(layer));
                number(step.crossKey(layer));
                number(step.crossValue(layer));
            }
            for (int i = 0; i < 20; i++) {
                step.sourceMask().setLong(i, i / 5);
            }
            step.commit();
        }
        cache.rearrange(1, new int[] {0, 3, 2});
        try (CohortStep step = granted(cache.reserve(1, Optional.empty()))) {
            assertThat(step.rows()).isEqualTo(3);
            assertThat(rowNumbers(step.pastKey(1))).containsExactly(0, 3, 2);
            assertThat(rowNumbers(step.pastValue(0))).containsExactly(0, 3, 2);
            assertThat(rowNumbers(step.crossKey(0))).containsExactly(0, 3, 2);
            assertThat(rowNumbers(step.crossValue(1))).containsExactly(0, 3, 2);
            assertThat(step.sourceMask().getLong(5)).isEqualTo(3);
            assertThat(step.presentKey(0).shape().toArray()).containsExactly(3, 3, 2, 4);
        }
    }

    @Test
    void aRowCannotMoveOverOneThatIsStillNeeded() {
        begin(1, new CacheDemand(3, 5, 20));
        assertThatThrownBy(() -> cache.rearrange(1, new int[] {1, 0})).hasMessageContaining("still needed");
    }

    @Test
    void inSteadyStateNothingIsAllocated() {
        CacheDemand demand = new CacheDemand(4, 7, 50);
        generate(1, demand);
        long held = cache.snapshot().heldBytes();
        for (int cohort = 2; cohort < 20; cohort++) {
            generate(cohort, demand);
        }
        assertThat(cache.snapshot().heldBytes()).isEqualTo(held);
    }

    @Test
    void anAllocationThatFailsLeavesThePoolUnchanged() {
        int[] left = {5};
        LongFunction<TensorMemory.Block> failing = bytes -> {
            if (left[0]-- == 0) {
                throw new OutOfMemoryError("scripted");
            }
            return TensorMemory.host().allocate(bytes);
        };
        try (BlockPool pool = new BlockPool(1 << 24, failing)) {
            BlockPool.Block kept = pool.lease(5000);
            long leased = pool.leasedBytes();
            assertThatThrownBy(() -> new CohortCache(GEOMETRY, pool, new CacheDemand(2, 5, 20)))
                    .isInstanceOf(OutOfMemoryError.class);
            assertThat(pool.leasedBytes()).isEqualTo(leased).isEqualTo(kept.size());
            assertThat(pool.heldBytes()).isEqualTo(pool.leasedBytes() + pool.idleBytes());
        }
    }

    @Test
    void idleBlocksMakeRoomForLargerOnes() {
        try (BlockPool pool = new BlockPool(3 * 4096, TensorMemory.host()::allocate)) {
            pool.release(pool.lease(1));
            pool.release(pool.lease(8192));
            assertThat(pool.heldBytes()).isEqualTo(3 * 4096);
            BlockPool.Block first = pool.lease(4096);
            BlockPool.Block second = pool.lease(4096);
            assertThat(pool.heldBytes()).isEqualTo(2 * 4096);
            assertThat(first.memory().address()).isNotEqualTo(second.memory().address());
            assertThatThrownBy(() -> pool.lease(8192)).hasMessageContaining("exceeds the budget");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void invariantsHoldWhateverHappens(long seed) {
        Random random = new Random(seed);
        Map<Long, int[]> rowsAndLength = new LinkedHashMap<>();
        for (long turn = 0; turn < 400; turn++) {
            int choice = random.nextInt(4);
            if (choice == 0 || rowsAndLength.isEmpty()) {
                CacheDemand demand = new CacheDemand(1 + random.nextInt(9), 1 + random.nextInt(40), 60);
                if (cache.reserve(turn, Optional.of(demand)) instanceof Reservation.Granted<CohortStep> granted) {
                    try (CohortStep step = granted.step()) {
                        if (random.nextBoolean()) {
                            step.commit();
                            rowsAndLength.put(turn, new int[] {demand.rows(), 1});
                        }
                    }
                }
            } else {
                List<Long> ids = new ArrayList<>(rowsAndLength.keySet());
                long id = ids.get(random.nextInt(ids.size()));
                int[] state = rowsAndLength.get(id);
                if (choice == 1) {
                    int kept = random.nextInt(state[0] + 1);
                    cache.rearrange(
                            id, java.util.stream.IntStream.range(0, kept).toArray());
                    state[0] = kept;
                    if (kept == 0) {
                        rowsAndLength.remove(id);
                    }
                } else if (state[1] < 60) {
                    try (CohortStep step = granted(cache.reserve(id, Optional.empty()))) {
                        step.commit();
                        state[1]++;
                    }
                }
            }
            assertThat(CacheInvariants.violations(cache.snapshot()))
                    .as("seed %d, turn %d", seed, turn)
                    .isEmpty();
            assertThat(cache.snapshot().cohorts()).isEqualTo(rowsAndLength.size());
        }
    }

    private void generate(long cohort, CacheDemand demand) {
        begin(cohort, demand);
        for (int length = 1; length < demand.maxLength(); length++) {
            try (CohortStep step = granted(cache.reserve(cohort, Optional.empty()))) {
                step.commit();
            }
        }
        cache.rearrange(cohort, new int[0]);
    }

    private void begin(long cohort, CacheDemand demand) {
        try (CohortStep step = granted(cache.reserve(cohort, Optional.of(demand)))) {
            fill(step.presentKey(0), 1);
            fill(step.presentValue(1), 1);
            step.commit();
        }
    }

    private static CohortStep granted(Reservation<CohortStep> reservation) {
        return ((Reservation.Granted<CohortStep>) reservation).step();
    }

    private static void fill(Tensor tensor, float value) {
        for (long i = 0; i < tensor.shape().elementCount(); i++) {
            tensor.setFloat(i, value);
        }
    }

    /** Writes each row's number over the row. */
    private static void number(Tensor tensor) {
        long row = tensor.shape().elementCount() / tensor.shape().dim(0);
        for (long i = 0; i < tensor.shape().elementCount(); i++) {
            tensor.setFloat(i, i / row);
        }
    }

    private static int[] rowNumbers(Tensor tensor) {
        int rows = (int) tensor.shape().dim(0);
        int size = (int) (tensor.shape().elementCount() / rows);
        float[] values = values(tensor);
        int[] numbers = new int[rows];
        for (int row = 0; row < rows; row++) {
            float first = values[row * size];
            for (int i = 0; i < size; i++) {
                assertThat(values[row * size + i]).isEqualTo(first);
            }
            numbers[row] = (int) first;
        }
        return numbers;
    }

    private static float[] values(Tensor tensor) {
        float[] values = new float[(int) tensor.shape().elementCount()];
        tensor.copyFloats(0, values, 0, values.length);
        return Arrays.copyOf(values, values.length);
    }
}
