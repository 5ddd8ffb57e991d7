package dev.triptych.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What every adapter of the port does, tried on a graph with {@code sum = a + b} and {@code product = a · b}, both float32 {@code [rows, 2]}. */
public abstract class ModelSessionContract {

    private static final Path GRAPH = Path.of("src/test/resources/graphs/sum-product.onnx");

    private final ModelSessions sessions;
    private final Arena arena = Arena.ofAuto();

    protected ModelSessionContract(ModelSessions sessions) {
        this.sessions = sessions;
    }

    @Test
    void theSignatureIsTheGraphs() {
        try (ModelSession session = open(new DeviceRequest.Cpu())) {
            assertThat(session.signature().inputs().keySet()).containsExactly("a", "b");
            assertThat(session.signature().outputs().keySet()).containsExactly("sum", "product");
            assertThat(session.signature().inputs().get("a"))
                    .isEqualTo(new TensorSpec(DType.FLOAT32, List.of(TensorSpec.DYNAMIC, 2L)));
            assertThat(session.placement().device()).isEqualTo("cpu");
        }
    }

    @Test
    void pinnedOutputsAreWrittenInPlaceAndOnlyThose() {
        try (ModelSession session = open(new DeviceRequest.Cpu())) {
            Tensor buffer = Tensor.allocate(arena, DType.FLOAT32, Shape.of(100));
            Tensor sum = buffer.reshaped(2, 2);
            session.run(inputs(2), NamedTensors.of("sum", sum));
            assertThat(floats(sum)).containsExactly(10, 21, 32, 43);
            assertThat(buffer.getFloat(4)).isZero();
        }
    }

    @Test
    void anOutputThatFeedsTheNextRunNeedsNoCopy() {
        try (ModelSession session = open(new DeviceRequest.Cpu())) {
            Tensor accumulator = floatTensor(1, 1, 1);
            Tensor one = floatTensor(1, 2, 3);
            NamedTensors inputs = new NamedTensors().put("a", accumulator).put("b", one);
            for (int run = 0; run < 3; run++) {
                session.run(inputs, NamedTensors.of("sum", accumulator));
            }
            assertThat(floats(accumulator)).containsExactly(7, 10);
        }
    }

    @Test
    void tensorsHandedOverAgainAreReadAndWrittenAgainWhateverOthersCameBetween() {
        try (ModelSession session = open(new DeviceRequest.Cpu())) {
            Tensor buffer = Tensor.allocate(arena, DType.FLOAT32, Shape.of(4, 2));
            Tensor one = buffer.reshaped(1, 2);
            NamedTensors inputs =
                    new NamedTensors().put("a", floatTensor(1, 1, 2)).put("b", floatTensor(1, 3, 4));
            session.run(inputs, NamedTensors.of("sum", one));
            assertThat(floats(one)).containsExactly(4, 6);
            inputs.get("a").setFloat(0, 10);
            session.run(inputs, NamedTensors.of("sum", one));
            assertThat(floats(one)).containsExactly(13, 6);
            session.run(inputs(2), NamedTensors.of("product", buffer.reshaped(2, 2)));
            session.run(inputs, new NamedTensors().put("sum", one).put("product", floatTensor(1, 0, 0)));
            assertThat(floats(one)).containsExactly(13, 6);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void noneOfItsThreadsIsTiedToACore() throws IOException {
        try (ModelSession session = sessions.open(GRAPH, new SessionOptions(new DeviceRequest.Cpu(), 0));
                Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            session.run(inputs(2), NamedTensors.of("sum", floatTensor(2, 0, 0, 0, 0)));
            assertThat(threads.flatMap(ModelSessionContract::cores).distinct()).hasSize(1);
        }
    }

    /** That a thread may run on; none once it has ended. */
    private static Stream<String> cores(Path thread) {
        try {
            return Files.readAllLines(thread.resolve("status")).stream()
                    .filter(line -> line.startsWith("Cpus_allowed_list"));
        } catch (IOException e) {
            return Stream.of();
        }
    }

    @Test
    void severalThreadsMayRunItAtOnce() throws Exception {
        try (ModelSession session = open(new DeviceRequest.Cpu());
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> runs = new ArrayList<>();
            for (int thread = 1; thread <= 4; thread++) {
                float own = thread;
                runs.add(threads.submit(() -> {
                    NamedTensors inputs = new NamedTensors()
                            .put("a", floatTensor(1, own, own))
                            .put("b", floatTensor(1, 1, 2));
                    Tensor sum = floatTensor(1, 0, 0);
                    for (int run = 0; run < 200; run++) {
                        sum.zero();
                        session.run(inputs, NamedTensors.of("sum", sum));
                        assertThat(floats(sum)).containsExactly(own + 1, own + 2);
                    }
                }));
            }
            for (Future<?> run : runs) {
                run.get(60, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void outputsOfUnknownShapeAreReturned() {
        try (ModelSession session = open(new DeviceRequest.Cpu())) {
            NamedTensors outputs = session.run(inputs(3), Set.of("product"));
            assertThat(outputs.asMap().keySet()).containsExactly("product");
            assertThat(outputs.get("product").shape()).isEqualTo(Shape.of(3, 2));
            assertThat(floats(outputs.get("product"))).containsExactly(0, 20, 60, 120, 200, 300);
        }
    }

    @Test
    void aWrongShapeIsNamedByTheRuntimeAndTheSessionStaysUsable() {
        try (ModelSession session = open(new DeviceRequest.Cpu())) {
            NamedTensors wrong = new NamedTensors()
                    .put("a", Tensor.allocate(arena, DType.FLOAT32, Shape.of(1, 3)))
                    .put("b", Tensor.allocate(arena, DType.FLOAT32, Shape.of(1, 2)));
            assertThatThrownBy(() -> session.run(wrong, Set.of()))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("sum-product.onnx");
            Tensor sum = Tensor.allocate(arena, DType.FLOAT32, Shape.of(1, 2));
            session.run(inputs(1), NamedTensors.of("sum", sum));
            assertThat(floats(sum)).containsExactly(10, 21);
        }
    }

    @Test
    void autoServesWhateverTheMachineHas() {
        try (ModelSession session = open(new DeviceRequest.Auto())) {
            if (session.placement().device().equals("cpu")) {
                assertThat(session.placement().note()).contains("no CUDA device could be used, running on CPU");
            } else {
                assertThat(session.placement().device()).isEqualTo("cuda:0");
            }
            Tensor sum = Tensor.allocate(arena, DType.FLOAT32, Shape.of(1, 2));
            session.run(inputs(1), NamedTensors.of("sum", sum));
            assertThat(floats(sum)).containsExactly(10, 21);
        }
    }

    @Test
    void aDeviceNamedOutrightIsNotReplacedByAnother() {
        assertThatThrownBy(() -> open(new DeviceRequest.Cuda(4_000)))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("cuda:4000");
    }

    @Test
    void whatIsNoGraphIsRefused(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("text.onnx"), "this is no graph");
        assertThatThrownBy(() -> sessions.open(file, new SessionOptions(new DeviceRequest.Cpu(), 1)))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("text.onnx");
        assertThatThrownBy(() ->
                        sessions.open(folder.resolve("none.onnx"), new SessionOptions(new DeviceRequest.Cpu(), 1)))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("none.onnx");
    }

    @Test
    void closingTwiceIsClosingOnce() {
        ModelSession session = open(new DeviceRequest.Cpu());
        session.close();
        session.close();
    }

    private ModelSession open(DeviceRequest device) {
        return sessions.open(GRAPH, new SessionOptions(device, 1));
    }

    /** {@code a = 0, 1, 2, …} and {@code b = 10, 20, 30, …}. */
    private NamedTensors inputs(int rows) {
        float[] a = new float[rows * 2];
        float[] b = new float[rows * 2];
        for (int i = 0; i < a.length; i++) {
            a[i] = i;
            b[i] = (i + 1) * 10;
        }
        return new NamedTensors().put("a", floatTensor(rows, a)).put("b", floatTensor(rows, b));
    }

    private Tensor floatTensor(int rows, float... values) {
        Tensor tensor = Tensor.allocate(arena, DType.FLOAT32, Shape.of(rows, 2));
        tensor.putFloats(0, values, 0, values.length);
        return tensor;
    }

    private static float[] floats(Tensor tensor) {
        float[] values = new float[(int) tensor.shape().elementCount()];
        tensor.copyFloats(0, values, 0, values.length);
        return values;
    }
}
