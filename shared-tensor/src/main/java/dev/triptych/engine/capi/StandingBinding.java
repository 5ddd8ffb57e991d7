package dev.triptych.engine.capi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/**
 * An {@code OrtIoBinding} that stands from run to run: only what has another address, type or shape than before is bound
 * anew. In a decode loop that is, for most steps, nothing.
 *
 * <p>Not thread-safe; owned by one session.
 */
final class StandingBinding implements AutoCloseable {

    private static final int HIGHEST_RANK = 8;

    private final CapiRuntime runtime;
    private final OrtApi api;
    private final MemorySegment handle;
    private final MemorySegment deviceMemory;
    private final boolean copiesInputs;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment dims = arena.allocate(JAVA_LONG, HIGHEST_RANK);
    private final MemorySegment made = arena.allocate(ADDRESS);
    private final Side inputs;
    private final Side outputs;

    /**
     * @param deviceMemory describes where the session's own memory is
     * @param copiesInputs whether the runtime copies host memory when it is bound, as it does for devices
     */
    StandingBinding(CapiRuntime runtime, MemorySegment session, MemorySegment deviceMemory, boolean copiesInputs) {
        this.runtime = runtime;
        this.api = runtime.api();
        this.deviceMemory = deviceMemory;
        this.copiesInputs = copiesInputs;
        this.handle = Native.pointer(api, out -> api.createIoBinding.call(session, out));
        this.inputs = new Side(api.bindInput, api.clearBoundInputs, copiesInputs);
        this.outputs = new Side(api.bindOutput, api.clearBoundOutputs, false);
    }

    /** The binding, ready for a run over these tensors. */
    MemorySegment over(NamedTensors given, NamedTensors wanted) {
        inputs.bind(given);
        outputs.bind(wanted);
        if (copiesInputs) {
            api.check(api.synchronizeBoundInputs.call(handle));
        }
        return handle;
    }

    @Override
    public void close() {
        api.releaseIoBinding.call(handle);
        arena.close();
    }

    /** What is bound to a name. */
    private static final class Slot {

        final MemorySegment name;
        long address;
        boolean bound;

        DType dtype = DType.BOOL;

        Shape shape = Shape.of(0);

        Slot(MemorySegment name) {
            this.name = name;
        }

        boolean holds(Tensor tensor) {
            return bound
                    && address == tensor.address()
                    && dtype == tensor.dtype()
                    && tensor.shape().equals(shape);
        }
    }

    private final class Side {

        private final OrtApi.Pointer3 bind;
        private final OrtApi.Release clear;
        private final boolean rebindsHost;
        private final Map<String, Slot> slots = new HashMap<>();
        private int bound;

        Side(OrtApi.Pointer3 bind, OrtApi.Release clear, boolean rebindsHost) {
            this.bind = bind;
            this.clear = clear;
            this.rebindsHost = rebindsHost;
        }

        void bind(NamedTensors tensors) {
            if (!sameNames(tensors)) {
                forget();
            }
            boolean done = false;
            try {
                tensors.asMap().forEach(this::bind);
                done = true;
            } finally {
                if (!done) {
                    forget();
                }
            }
        }

        private boolean sameNames(NamedTensors tensors) {
            if (bound != tensors.asMap().size()) {
                return false;
            }
            for (String name : tensors.asMap().keySet()) {
                Slot slot = slots.get(name);
                if (slot == null || !slot.bound) {
                    return false;
                }
            }
            return true;
        }

        private void bind(String name, Tensor tensor) {
            Slot slot = slots.get(name);
            if (slot == null) {
                slot = new Slot(arena.allocateFrom(name));
                slots.put(name, slot);
            }
            if (slot.holds(tensor) && (tensor.isOnDevice() || !rebindsHost)) {
                return;
            }
            MemorySegment value = value(tensor);
            try {
                api.check(bind.call(handle, slot.name, value));
            } finally {
                // The binding keeps a reference of its own.
                api.releaseValue.call(value);
            }
            bound += slot.bound ? 0 : 1;
            slot.bound = true;
            slot.address = tensor.address();
            slot.dtype = tensor.dtype();
            slot.shape = tensor.shape();
        }

        private void forget() {
            clear.call(handle);
            slots.values().forEach(slot -> slot.bound = false);
            bound = 0;
        }
    }

    private MemorySegment value(Tensor tensor) {
        Shape shape = tensor.shape();
        for (int axis = 0; axis < shape.rank(); axis++) {
            dims.setAtIndex(JAVA_LONG, axis, shape.dim(axis));
        }
        api.check(api.createTensorWithDataAsOrtValue.call(
                tensor.isOnDevice() ? deviceMemory : runtime.hostMemory(),
                MemorySegment.ofAddress(tensor.address()),
                tensor.byteSize(),
                dims,
                shape.rank(),
                ElementType.of(tensor.dtype()),
                made));
        return made.get(ADDRESS, 0);
    }
}
