package dev.triptych.engine.capi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.triptych.engine.ModelSignature;
import dev.triptych.engine.TensorSpec;
import dev.triptych.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads what a session's graph takes and gives. */
final class NativeSignature {

    private final CapiRuntime runtime;
    private final OrtApi api;
    private final MemorySegment session;

    private NativeSignature(CapiRuntime runtime, MemorySegment session) {
        this.runtime = runtime;
        this.api = runtime.api();
        this.session = session;
    }

    static ModelSignature of(CapiRuntime runtime, MemorySegment session) {
        NativeSignature reader = new NativeSignature(runtime, session);
        OrtApi api = runtime.api();
        return new ModelSignature(
                reader.specs(api.sessionGetInputCount, api.sessionGetInputName, api.sessionGetInputTypeInfo),
                reader.specs(api.sessionGetOutputCount, api.sessionGetOutputName, api.sessionGetOutputTypeInfo));
    }

    private Map<String, TensorSpec> specs(OrtApi.Pointer2 count, OrtApi.Named name, OrtApi.WithLong type) {
        Map<String, TensorSpec> specs = new LinkedHashMap<>();
        long number = Native.count(api, out -> count.call(session, out));
        for (long i = 0; i < number; i++) {
            long index = i;
            MemorySegment text = Native.pointer(api, out -> name.call(session, index, runtime.allocator(), out));
            String key = OrtApi.text(text);
            api.check(api.allocatorFree.call(runtime.allocator(), text));
            MemorySegment info = Native.pointer(api, out -> type.call(session, index, out));
            try {
                MemorySegment tensor = Native.pointer(api, out -> api.castTypeInfoToTensorInfo.call(info, out));
                if (tensor.address() != 0) {
                    specs.put(key, spec(api, tensor));
                }
            } finally {
                api.releaseTypeInfo.call(info);
            }
        }
        return specs;
    }

    /** @param tensor an {@code OrtTensorTypeAndShapeInfo} */
    static TensorSpec spec(OrtApi api, MemorySegment tensor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment type = arena.allocate(JAVA_INT);
            api.check(api.getTensorElementType.call(tensor, type));
            DType dtype = ElementType.dtype(type.get(JAVA_INT, 0));
            long rank = Native.count(api, out -> api.getDimensionsCount.call(tensor, out));
            MemorySegment dims = arena.allocate(JAVA_LONG, Math.max(1, rank));
            api.check(api.getDimensions.call(tensor, dims, rank));
            List<Long> extents = new ArrayList<>();
            for (int axis = 0; axis < rank; axis++) {
                extents.add(dims.getAtIndex(JAVA_LONG, axis));
            }
            return new TensorSpec(dtype, extents);
        }
    }
}
