package dev.triptych.engine.capi;

import dev.triptych.engine.DeviceFallback;
import dev.triptych.engine.DevicePlacement;
import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.EngineException;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSessions;
import dev.triptych.engine.SessionOptions;
import dev.triptych.engine.onnx.NativeRuntime;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens ONNX graphs through ONNX Runtime's C API, with the settings that the Java API's adapter uses. */
public final class CapiModelSessions implements ModelSessions {

    private static final Logger log = LoggerFactory.getLogger(CapiModelSessions.class);

    private static final int ALL_OPTIMIZATIONS = 99;

    private final CapiRuntime runtime;
    private final OrtApi api;

    /** @throws EngineException if the library cannot be loaded, or is another than this binding knows */
    public CapiModelSessions() {
        this.runtime = CapiRuntime.get();
        this.api = runtime.api();
    }

    @Override
    public ModelSession open(Path graph, SessionOptions options) {
        return DeviceFallback.open(
                graph,
                options.device(),
                placement -> onCpu(graph, options, placement),
                index -> onCuda(graph, options, index));
    }

    private ModelSession onCpu(Path graph, SessionOptions options, DevicePlacement placement) {
        if (!placement.note().isEmpty()) {
            log.info("{}: {}", graph.getFileName(), placement.note());
        }
        return open(graph, options, DevicePlace.cpu(runtime, placement), native_ -> {});
    }

    private ModelSession onCuda(Path graph, SessionOptions options, int index) {
        try {
            NativeRuntime.loadCuda(index);
        } catch (EngineException e) {
            throw new EngineException(
                    graph.getFileName() + " could not be opened on cuda:" + index + ": " + e.getMessage(), e);
        }
        return open(
                graph,
                options,
                DevicePlace.cuda(runtime, index),
                native_ -> appendCuda(native_, options.cuda().forDevice(index)));
    }

    private ModelSession open(Path graph, SessionOptions options, DevicePlace place, Consumer<MemorySegment> provider) {
        return create(
                String.valueOf(graph.getFileName()),
                options,
                place,
                provider,
                (arena, native_) -> out -> api.createSession.call(
                        runtime.environment(), arena.allocateFrom(graph.toString()), native_, out));
    }

    /** A graph of {@link DeviceMemory}. One thread: it moves memory. */
    private ModelSession own(String graphName, DevicePlace place, Consumer<MemorySegment> provider) {
        String name = graphName + ".onnx";
        byte[] graph = resource(name);
        return create(
                name,
                new SessionOptions(new DeviceRequest.Cpu(), 1),
                place,
                provider,
                (arena, native_) -> out -> api.createSessionFromArray.call(
                        runtime.environment(),
                        arena.allocateFrom(ValueLayout.JAVA_BYTE, graph),
                        graph.length,
                        native_,
                        out));
    }

    private static byte[] resource(String name) {
        try (InputStream in = CapiModelSessions.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new EngineException("there is no graph " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new EngineException("the graph " + name + " cannot be read", e);
        }
    }

    /** Makes a session from its options; {@code OrtStatus*} of a call that leaves it in {@code out}. */
    private interface Source {
        UnaryOperator<MemorySegment> call(Arena arena, MemorySegment options);
    }

    private CapiModelSession create(
            String name, SessionOptions options, DevicePlace place, Consumer<MemorySegment> provider, Source source) {
        MemorySegment native_ = Native.pointer(api, api.createSessionOptions::call);
        try (Arena arena = Arena.ofConfined()) {
            configure(native_, options, arena);
            provider.accept(native_);
            MemorySegment session = Native.pointer(api, source.call(arena, native_));
            return new CapiModelSession(runtime, session, name, place, graph -> own(graph, place, provider));
        } catch (EngineException e) {
            throw new EngineException(
                    name + " could not be opened on " + place.placement().device() + ": " + e.getMessage(), e);
        } finally {
            api.releaseSessionOptions.call(native_);
        }
    }

    private void configure(MemorySegment native_, SessionOptions options, Arena arena) {
        api.check(api.setSessionGraphOptimizationLevel.call(native_, ALL_OPTIMIZATIONS));
        // Idle spinning takes the cores that tokenizing, HTTP and the other service need.
        api.check(api.addSessionConfigEntry.call(
                native_, arena.allocateFrom("session.intra_op.allow_spinning"), arena.allocateFrom("0")));
        // A pattern is kept for every combination of input shapes; decoding makes new ones without end.
        api.check(api.disableMemPattern.call(native_));
        api.check(api.setIntraOpNumThreads.call(native_, options.threadsOfARun()));
    }

    private void appendCuda(MemorySegment native_, Map<String, String> settings) {
        MemorySegment cuda = Native.pointer(api, api.createCudaProviderOptions::call);
        try (Arena arena = Arena.ofConfined()) {
            api.check(api.updateCudaProviderOptions.call(
                    cuda,
                    Native.texts(arena, settings.keySet(), settings.size()),
                    Native.texts(arena, settings.values(), settings.size()),
                    settings.size()));
            api.check(api.appendCuda.call(native_, cuda));
        } finally {
            api.releaseCudaProviderOptions.call(cuda);
        }
    }
}
