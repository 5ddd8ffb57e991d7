package dev.triptych.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Chooses the device of a graph. {@code auto} tries CUDA by creating a session there, since the list of providers names
 * CUDA even on machines without a GPU.
 */
public final class DeviceFallback {

    private static final DevicePlacement CPU = new DevicePlacement("cpu", "");

    private DeviceFallback() {}

    /**
     * Opens a graph where it is asked to run.
     *
     * @param onCpu given what the session will say of its place
     * @param onCuda given the device's index; throws {@link EngineException} where there is none
     * @throws EngineException if there is no such file, or neither can open it
     */
    public static ModelSession open(
            Path graph,
            DeviceRequest device,
            Function<DevicePlacement, ModelSession> onCpu,
            IntFunction<ModelSession> onCuda) {
        if (!Files.isRegularFile(graph)) {
            throw new EngineException("there is no graph at " + graph);
        }
        return switch (device) {
            case DeviceRequest.Cpu ignored -> onCpu.apply(CPU);
            case DeviceRequest.Cuda cuda -> onCuda.apply(cuda.index());
            case DeviceRequest.Auto ignored -> {
                try {
                    yield onCuda.apply(0);
                } catch (EngineException e) {
                    String note = "no CUDA device could be used, running on CPU: " + e.getMessage();
                    yield onCpu.apply(new DevicePlacement("cpu", note));
                }
            }
        };
    }
}
