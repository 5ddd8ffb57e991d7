package dev.triptych.engine.onnx;

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
import org.junit.jupiter.api.Test;

class OnnxModelSessionIT extends ModelSessionContract {

    private static final Path GRAPH = Path.of("src/test/resources/graphs/sum-product.onnx");

    OnnxModelSessionIT() {
        super(new OnnxModelSessions());
    }

    @Test
    void aTensorWhoseMemoryWasFreedIsRefused() {
        try (ModelSession session =
                new OnnxModelSessions().open(GRAPH, new SessionOptions(new DeviceRequest.Cpu(), 1))) {
            NamedTensors inputs = new NamedTensors();
            try (Arena arena = Arena.ofShared()) {
                Tensor tensor = Tensor.allocate(arena, DType.FLOAT32, Shape.of(1, 2));
                inputs.put("a", tensor).put("b", tensor);
                session.run(inputs, NamedTensors.of("sum", tensor));
            }
            NamedTensors outputs =
                    NamedTensors.of("sum", Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(1, 2)));
            assertThatThrownBy(() -> session.run(inputs, outputs))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("freed");
        }
    }
}
