package dev.triptych.engine.capi;

import dev.triptych.engine.DevicePlacement;
import dev.triptych.engine.ModelSession;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;

/**
 * Where sessions run and what memory they have there.
 *
 * @param placement for people
 * @param memoryInfo an {@code OrtMemoryInfo}, for the runtime
 * @param isApart whether the device has memory of its own, which the host's is copied to and from
 */
record DevicePlace(DevicePlacement placement, MemorySegment memoryInfo, boolean isApart) {

    static DevicePlace cpu(CapiRuntime runtime, DevicePlacement placement) {
        return new DevicePlace(placement, runtime.hostMemory(), false);
    }

    static DevicePlace cuda(CapiRuntime runtime, int index) {
        return new DevicePlace(new DevicePlacement("cuda:" + index, ""), runtime.memoryInfo("Cuda", index), true);
    }

    StandingBinding bind(CapiRuntime runtime, MemorySegment session) {
        return new StandingBinding(runtime, session, memoryInfo, isApart);
    }

    /** The processor's comes from the plain allocator: that of a session keeps what was freed for itself. */
    DeviceMemory memory(CapiRuntime runtime, MemorySegment session, Function<String, ModelSession> graphs) {
        OrtApi api = runtime.api();
        MemorySegment allocator = isApart
                ? Native.pointer(api, out -> api.createAllocator.call(session, memoryInfo, out))
                : runtime.allocator();
        return new DeviceMemory(api, allocator, isApart, graphs);
    }
}
