package dev.triptych.engine.capi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.triptych.engine.DevicePlacement;
import dev.triptych.engine.EngineException;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSignature;
import dev.triptych.engine.NamedTensors;
import dev.triptych.engine.TensorSpec;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.tensor.TensorMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A graph in ONNX Runtime, run over bound inputs and outputs. Runs of one session go one by one. Closing ends a run that is
 * under way on another thread, which then fails, and waits for it: native code never sees freed memory.
 */
final class CapiModelSession implements ModelSession {

    private final CapiRuntime runtime;
    private final OrtApi api;
    private final MemorySegment session;
    private final MemorySegment runOptions;
    private final String graphName;
    private final ModelSignature signature;
    private final DevicePlacement placement;
    private final DevicePlace place;
    private final DeviceMemory memory;
    private final StandingBinding standing;
    private final ReentrantLock running = new ReentrantLock();
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * @param session owned by this from now on
     * @param place where it runs
     * @param graphs opens graphs of this package there by name
     */
    CapiModelSession(
            CapiRuntime runtime,
            MemorySegment session,
            String graphName,
            DevicePlace place,
            Function<String, ModelSession> graphs) {
        this.runtime = runtime;
        this.api = runtime.api();
        this.session = session;
        this.graphName = graphName;
        this.placement = place.placement();
        this.place = place;
        this.signature = NativeSignature.of(runtime, session);
        this.runOptions = Native.pointer(api, api.createRunOptions::call);
        this.standing = place.bind(runtime, session);
        this.memory = place.memory(runtime, session, graphs);
    }

    @Override
    public ModelSignature signature() {
        return signature;
    }

    @Override
    public DevicePlacement placement() {
        return placement;
    }

    @Override
    public TensorMemory memory() {
        return memory;
    }

    @Override
    public void run(NamedTensors inputs, NamedTensors outputs) {
        alone(() -> {
            try {
                run(standing.over(inputs, outputs));
                return outputs;
            } finally {
                // Until here the tensors' memory must not be collected.
                Reference.reachabilityFence(inputs);
                Reference.reachabilityFence(outputs);
            }
        });
    }

    @Override
    public NamedTensors run(NamedTensors inputs, Set<String> wanted) {
        List<String> names = List.copyOf(wanted.isEmpty() ? signature.outputs().keySet() : wanted);
        return alone(() -> {
            try (StandingBinding once = place.bind(runtime, session);
                    Arena arena = Arena.ofConfined()) {
                MemorySegment binding = once.over(inputs, new NamedTensors());
                for (String name : names) {
                    api.check(api.bindOutputToDevice.call(binding, arena.allocateFrom(name), runtime.hostMemory()));
                }
                run(binding);
                return copied(names, values(binding));
            } finally {
                Reference.reachabilityFence(inputs);
            }
        });
    }

    private void run(MemorySegment binding) {
        api.check(api.runWithBinding.call(session, runOptions, binding));
        if (place.isApart()) {
            api.check(api.synchronizeBoundOutputs.call(binding));
        }
    }

    private NamedTensors alone(Supplier<NamedTensors> work) {
        running.lock();
        try {
            if (closed.get()) {
                throw new EngineException("the session is closed");
            }
            return work.get();
        } catch (EngineException e) {
            throw new EngineException(graphName + ": " + e.getMessage(), e);
        } finally {
            running.unlock();
        }
    }

    /** The values that a run left, each to be released. */
    private List<MemorySegment> values(MemorySegment binding) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment array = arena.allocate(ADDRESS);
            MemorySegment count = arena.allocate(JAVA_LONG);
            api.check(api.getBoundOutputValues.call(binding, runtime.allocator(), array, count));
            long number = count.get(JAVA_LONG, 0);
            MemorySegment pointers = array.get(ADDRESS, 0).reinterpret(number * ADDRESS.byteSize());
            List<MemorySegment> values = new ArrayList<>();
            for (long i = 0; i < number; i++) {
                values.add(pointers.getAtIndex(ADDRESS, i));
            }
            api.check(api.allocatorFree.call(runtime.allocator(), pointers));
            return values;
        }
    }

    private NamedTensors copied(List<String> names, List<MemorySegment> values) {
        Arena arena = Arena.ofAuto();
        NamedTensors outputs = new NamedTensors();
        try {
            for (int i = 0; i < names.size(); i++) {
                outputs.put(names.get(i), copy(arena, values.get(i)));
            }
        } finally {
            values.forEach(api.releaseValue::call);
        }
        return outputs;
    }

    private Tensor copy(Arena arena, MemorySegment value) {
        MemorySegment info = Native.pointer(api, out -> api.getTensorTypeAndShape.call(value, out));
        try {
            TensorSpec spec = NativeSignature.spec(api, info);
            Shape shape =
                    Shape.of(spec.dims().stream().mapToLong(Long::longValue).toArray());
            Tensor tensor = Tensor.allocate(arena, spec.dtype(), shape);
            MemorySegment native_ = Native.pointer(api, out -> api.getTensorMutableData.call(value, out));
            tensor.memory().copyFrom(native_.reinterpret(tensor.byteSize()));
            return tensor;
        } finally {
            api.releaseTensorTypeAndShapeInfo.call(info);
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        api.check(api.runOptionsSetTerminate.call(runOptions));
        running.lock();
        try {
            memory.close();
            standing.close();
            api.releaseRunOptions.call(runOptions);
            api.releaseSession.call(session);
        } finally {
            running.unlock();
        }
    }
}
