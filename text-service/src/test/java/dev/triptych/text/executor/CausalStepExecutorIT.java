package dev.triptych.text.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.SessionOptions;
import dev.triptych.engine.onnx.OnnxModelSessions;
import dev.triptych.tensor.Tensor;
import dev.triptych.testkit.Fixtures;
import dev.triptych.text.kvcache.CacheDemand;
import dev.triptych.text.kvcache.CohortKvCache;
import dev.triptych.text.kvcache.CohortStep;
import dev.triptych.text.kvcache.KvGeometry;
import dev.triptych.text.kvcache.Reservation;
import dev.triptych.text.step.StepOutcome;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepRow;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prompts read in parts, and padded beside longer ones, give what they give at once and alone. */
class CausalStepExecutorIT {

    private static final int VOCAB = 320;
    private static final List<List<Integer>> PROMPTS = List.of(prompt(1), prompt(4), prompt(9), prompt(30));

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 29, 30})
    void promptsInPartsGiveWhatWholeOnesGive(int columns) {
        float[][] whole = firstLogits(PROMPTS, Long.MAX_VALUE);
        float[][] parts = firstLogits(PROMPTS, (long) columns * PROMPTS.size() * VOCAB);
        for (int row = 0; row < whole.length; row++) {
            assertThat(parts[row])
                    .as("row %d", row)
                    .containsExactly(whole[row], org.assertj.core.data.Offset.offset(1e-4f));
        }
    }

    @Test
    void aRowBesideLongerOnesGivesWhatItGivesAlone() {
        float[][] together = firstLogits(PROMPTS, Long.MAX_VALUE);
        for (int row = 0; row < PROMPTS.size(); row++) {
            float[] alone = firstLogits(List.of(PROMPTS.get(row)), Long.MAX_VALUE)[0];
            assertThat(together[row])
                    .as("row %d", row)
                    .containsExactly(alone, org.assertj.core.data.Offset.offset(1e-4f));
        }
    }

    private static float[][] firstLogits(List<List<Integer>> prompts, long logitsPerRun) {
        try (ModelSession session = new OnnxModelSessions()
                        .open(Fixtures.path("qwen2/onnx/model.onnx"), new SessionOptions(new DeviceRequest.Cpu(), 1));
                CohortKvCache cache = new CohortKvCache(new KvGeometry(2, 2, 8, false), 1 << 24)) {
            CausalStepExecutor executor =
                    new CausalStepExecutor(new CausalGraph(session, 2, 2, 8, VOCAB, 0), System::nanoTime, logitsPerRun);
            List<StepRow.Prefill> rows = IntStream.range(0, prompts.size())
                    .mapToObj(row -> new StepRow.Prefill(row, prompts.get(row)))
                    .toList();
            CacheDemand demand = new CacheDemand(rows.size(), prompts.getLast().size(), 4);
            if (!(cache.reserve(1, Optional.of(demand)) instanceof Reservation.Granted<CohortStep> granted)) {
                throw new AssertionError("no room");
            }
            try (CohortStep step = granted.step()) {
                if (!(executor.execute(new StepPlan.Work(1, List.of(), rows, Optional.of(demand)), step)
                        instanceof StepOutcome.Completed completed)) {
                    throw new AssertionError("the step failed");
                }
                Tensor logits = completed.result().logits();
                float[][] result = new float[rows.size()][VOCAB];
                for (int row = 0; row < result.length; row++) {
                    logits.copyFloats((long) row * VOCAB, result[row], 0, VOCAB);
                }
                return result;
            }
        }
    }

    private static List<Integer> prompt(int length) {
        return IntStream.range(0, length)
                .mapToObj(i -> 3 + (17 * length + 31 * i) % 300)
                .toList();
    }
}
