package dev.triptych.engine.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.triptych.engine.EngineException;
import java.lang.foreign.SymbolLookup;

/** The native library that the Java API brings and loads; a process has one, whoever calls it. */
public final class NativeRuntime {

    private NativeRuntime() {}

    /**
     * Loads the library and starts its environment.
     *
     * @return finds the library's functions
     * @throws EngineException if it cannot be loaded
     */
    public static SymbolLookup load() {
        RuntimeEnvironment.create();
        return SymbolLookup.loaderLookup();
    }

    /**
     * Loads the library's part for CUDA.
     *
     * @throws EngineException if there is none, or it cannot run here
     */
    public static void loadCuda(int index) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.addCUDA(index);
        } catch (OrtException e) {
            throw new EngineException("CUDA cannot be used: " + e.getMessage(), e);
        }
    }
}
