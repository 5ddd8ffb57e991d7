package dev.triptych.engine.capi;

import dev.triptych.engine.onnx.NativeRuntime;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The loaded library with what all sessions share: its environment, the host's memory and allocator. Lives as long as the
 * process, as the library itself does. Safe to use from several threads.
 */
final class CapiRuntime {

    private static final int ERRORS_ONLY = 3;
    private static final int DEVICE_ALLOCATOR = 0;
    private static final int DEFAULT_MEMORY = 0;

    private static @Nullable CapiRuntime started;

    private final Arena arena = Arena.global();
    private final OrtApi api;
    private final MemorySegment environment;
    private final MemorySegment hostMemory;
    private final MemorySegment allocator;

    private CapiRuntime(OrtApi api) {
        this.api = api;
        MemorySegment name = arena.allocateFrom("triptych");
        this.environment = Native.pointer(api, out -> api.createEnv.call(ERRORS_ONLY, name, out));
        this.hostMemory = memoryInfo("Cpu", 0);
        this.allocator = Native.pointer(api, api.getAllocatorWithDefaultOptions::call);
    }

    /**
     * The process's runtime, started by the first to ask.
     *
     * @throws dev.triptych.engine.EngineException if the library cannot be loaded, or is another than this binding knows
     */
    static synchronized CapiRuntime get() {
        if (started == null) {
            started = new CapiRuntime(RuntimeLibrary.open(NativeRuntime.load()));
        }
        return started;
    }

    OrtApi api() {
        return api;
    }

    MemorySegment environment() {
        return environment;
    }

    /** Describes memory that Java sees. */
    MemorySegment hostMemory() {
        return hostMemory;
    }

    /** Frees what the runtime hands out: names and lists. */
    MemorySegment allocator() {
        return allocator;
    }

    /** @param name {@code Cpu} or {@code Cuda} */
    MemorySegment memoryInfo(String name, int device) {
        MemorySegment text = arena.allocateFrom(name);
        return Native.pointer(
                api, out -> api.createMemoryInfo.call(text, DEVICE_ALLOCATOR, device, DEFAULT_MEMORY, out));
    }
}
