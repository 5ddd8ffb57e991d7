package dev.triptych.text.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.engine.DevicePlacement;
import dev.triptych.engine.EngineException;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSignature;
import dev.triptych.engine.NamedTensors;
import dev.triptych.text.kvcache.CacheDemand;
import dev.triptych.text.kvcache.KvGeometry;
import dev.triptych.text.kvcache.Reservation;
import dev.triptych.text.kvcache.SharedKvCache;
import dev.triptych.text.kvcache.SharedStep;
import dev.triptych.text.step.StepOutcome;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepRow;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FusedStepExecutorTest {

    @Test
    void promptsThatCannotBeEncodedFailWithoutTheRowsThatRun() {
        assertThat(execute(new Session(true), new Session(false))).isInstanceOf(StepOutcome.JoiningFailed.class);
    }

    @Test
    void aStepThatCannotRunFailsForAllRows() {
        assertThat(execute(new Session(false), new Session(true))).isInstanceOf(StepOutcome.Failed.class);
    }

    @Test
    void aStepThatRunsCompletes() {
        assertThat(execute(new Session(false), new Session(false))).isInstanceOf(StepOutcome.Completed.class);
    }

    private static StepOutcome execute(ModelSession encoder, ModelSession step) {
        FusedGraphs graphs = new FusedGraphs(encoder, step, 1, 1, 1, 5, 0, 0, Optional.empty());
        FusedStepExecutor executor = new FusedStepExecutor(graphs, (frames, rows) -> List.of(), System::nanoTime);
        Optional<CacheDemand> demand = Optional.of(new CacheDemand(1, 2, 4));
        List<StepRow.Prefill> joining = List.of(new StepRow.Prefill(7, List.of(3, 4)));
        try (SharedKvCache cache = new SharedKvCache(new KvGeometry(1, 1, 1), 1 << 20);
                SharedStep room = ((Reservation.Granted<SharedStep>) cache.reserve(0, demand)).step()) {
            return executor.execute(new StepPlan.Work(0, List.of(), joining, demand), room);
        }
    }

    /** A graph that does nothing, or fails. */
    private record Session(boolean fails) implements ModelSession {

        @Override
        public ModelSignature signature() {
            return new ModelSignature(Map.of(), Map.of());
        }

        @Override
        public DevicePlacement placement() {
            return new DevicePlacement("cpu", "");
        }

        @Override
        public void run(NamedTensors inputs, NamedTensors outputs) {
            if (fails) {
                throw new EngineException("scripted");
            }
        }

        @Override
        public NamedTensors run(NamedTensors inputs, Set<String> wanted) {
            throw new EngineException("not used");
        }

        @Override
        public void close() {}
    }
}
