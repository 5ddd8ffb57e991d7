package dev.triptych.engine.capi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.EngineException;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSessionContract;
import dev.triptych.engine.NamedTensors;
import dev.triptych.engine.SessionOptions;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CapiModelSessionIT extends ModelSessionContract {

    private static final SessionOptions CPU = new SessionOptions(new DeviceRequest.Cpu(), 1);

    private final Arena arena = Arena.ofAuto();

    CapiModelSessionIT() {
        super(new CapiModelSessions());
    }

    @Test
    void whatStandsFromAnEarlierRunIsNotWrittenWhenOthersAreAskedFor() {
        try (ModelSession session = open("sum-product")) {
            Tensor sum = floats(2, 3);
            Tensor product = floats(0, 0);
            NamedTensors inputs = new NamedTensors().put("a", floats(2, 3)).put("b", floats(5, 7));
            session.run(inputs, NamedTensors.of("sum", sum));
            assertThat(values(sum)).containsExactly(7, 10);
            sum.zero();
            session.run(inputs, NamedTensors.of("product", product));
            assertThat(values(product)).containsExactly(10, 21);
            assertThat(values(sum)).containsExactly(0, 0);
        }
    }

    @Test
    void memoryThatIsBoundIsReadAnewByEachRun() {
        try (ModelSession session = open("sum-product")) {
            Tensor a = floats(1, 1);
            NamedTensors inputs = new NamedTensors().put("a", a).put("b", floats(1, 1));
            Tensor sum = floats(0, 0);
            for (int run = 1; run < 4; run++) {
                a.setFloat(0, run);
                session.run(inputs, NamedTensors.of("sum", sum));
                assertThat(sum.getFloat(0)).isEqualTo(run + 1);
            }
        }
    }

    @Test
    void anUnknownNameIsRefusedAndTheSessionStaysUsable() {
        try (ModelSession session = open("sum-product")) {
            NamedTensors wrong = new NamedTensors().put("a", floats(1, 1)).put("c", floats(1, 1));
            assertThatThrownBy(() -> session.run(wrong, NamedTensors.of("sum", floats(0, 0))))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("sum-product.onnx");
            Tensor sum = floats(0, 0);
            session.run(new NamedTensors().put("a", floats(1, 2)).put("b", floats(3, 4)), NamedTensors.of("sum", sum));
            assertThat(values(sum)).containsExactly(4, 6);
        }
    }

    @Test
    void closingEndsARunThatIsUnderWay() throws Exception {
        ModelSession session = open("endless");
        Tensor steps = Tensor.allocate(arena, DType.INT64, Shape.of());
        steps.setLong(0, 3);
        Tensor count = Tensor.allocate(arena, DType.INT64, Shape.of());
        session.run(NamedTensors.of("steps", steps), NamedTensors.of("count", count));
        assertThat(count.getLong(0)).isEqualTo(3);
        steps.setLong(0, Long.MAX_VALUE);
        Executor threads = task -> Thread.ofPlatform().daemon().start(task);
        CompletableFuture<Thread> runner = new CompletableFuture<>();
        CompletableFuture<Void> run = CompletableFuture.runAsync(
                () -> {
                    runner.complete(Thread.currentThread());
                    session.run(NamedTensors.of("steps", steps), Set.of());
                },
                threads);
        runner.get(10, TimeUnit.SECONDS);
        CompletableFuture<Void> close = CompletableFuture.runAsync(session::close, threads);
        assertThat(close).succeedsWithin(Duration.ofSeconds(30));
        assertThat(run)
                .failsWithin(Duration.ofSeconds(1))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(EngineException.class)
                .withMessageContaining("endless.onnx");
        assertThatThrownBy(() -> session.run(NamedTensors.of("steps", steps), Set.of()))
                .hasMessage("endless.onnx: the session is closed");
    }

    private static ModelSession open(String graph) {
        return new CapiModelSessions().open(Path.of("src/test/resources/graphs/" + graph + ".onnx"), CPU);
    }

    /** Float32 {@code [1, 2]}. */
    private Tensor floats(float first, float second) {
        Tensor tensor = Tensor.allocate(arena, DType.FLOAT32, Shape.of(1, 2));
        tensor.setFloat(0, first);
        tensor.setFloat(1, second);
        return tensor;
    }

    private static float[] values(Tensor tensor) {
        return new float[] {tensor.getFloat(0), tensor.getFloat(1)};
    }
}
