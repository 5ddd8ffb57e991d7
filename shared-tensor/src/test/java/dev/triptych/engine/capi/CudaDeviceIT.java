package dev.triptych.engine.capi;

import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.EngineException;
import dev.triptych.engine.SessionOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;

/** A GPU, where the build brings CUDA and the machine has a device; elsewhere it says that it is skipped, and why. */
class CudaDeviceIT extends DeviceMemoryContract {

    private static final DeviceRequest CUDA = new DeviceRequest.Cuda(0);

    CudaDeviceIT() {
        super(CUDA);
    }

    @BeforeAll
    static void needsADevice() {
        try {
            new CapiModelSessions()
                    .open(Path.of("src/test/resources/graphs/sum-product.onnx"), new SessionOptions(CUDA, 1))
                    .close();
        } catch (EngineException e) {
            System.out.println("skipped: no CUDA device: " + e.getMessage());
            Assumptions.abort("skipped: no CUDA device: " + e.getMessage());
        }
    }
}
