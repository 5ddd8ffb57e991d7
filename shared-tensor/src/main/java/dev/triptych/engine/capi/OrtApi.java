package dev.triptych.engine.capi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.triptych.engine.EngineException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;

/**
 * Functions of {@code OrtApi}, the table that {@code onnxruntime_c_api.h} declares. The table only ever grows at its end,
 * so a function keeps its place for good. Fields bear the C functions' names and take their parameters in C's order; each
 * gives an {@code OrtStatus*}, which {@link #check} turns into an exception.
 */
final class OrtApi {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final long LONGEST_TEXT = 1 << 20;
    private static final int LAST_PLACE = 208;

    public interface Pointer1 {
        MemorySegment call(MemorySegment a);
    }

    public interface Pointer2 {
        MemorySegment call(MemorySegment a, MemorySegment b);
    }

    public interface Pointer3 {
        MemorySegment call(MemorySegment a, MemorySegment b, MemorySegment c);
    }

    public interface Pointer4 {
        MemorySegment call(MemorySegment a, MemorySegment b, MemorySegment c, MemorySegment d);
    }

    public interface WithInt {
        MemorySegment call(MemorySegment a, int number);
    }

    public interface LastLong {
        MemorySegment call(MemorySegment a, MemorySegment b, long number);
    }

    public interface WithLong {
        MemorySegment call(MemorySegment a, long number, MemorySegment out);
    }

    public interface Named {
        MemorySegment call(MemorySegment session, long index, MemorySegment allocator, MemorySegment out);
    }

    public interface Release {
        void call(MemorySegment a);
    }

    public interface CreateEnv {
        MemorySegment call(int logLevel, MemorySegment logId, MemorySegment out);
    }

    public interface CreateSessionFromArray {
        MemorySegment call(
                MemorySegment env, MemorySegment model, long length, MemorySegment options, MemorySegment out);
    }

    public interface CreateMemoryInfo {
        MemorySegment call(MemorySegment name, int allocatorType, int id, int memoryType, MemorySegment out);
    }

    public interface CreateTensor {
        MemorySegment call(
                MemorySegment info,
                MemorySegment data,
                long bytes,
                MemorySegment dims,
                long rank,
                int elementType,
                MemorySegment out);
    }

    public interface ProviderOptions {
        MemorySegment call(MemorySegment options, MemorySegment keys, MemorySegment values, long count);
    }

    final CreateEnv createEnv;
    final Pointer4 createSession;
    final CreateSessionFromArray createSessionFromArray;
    final Pointer1 createSessionOptions;
    final Pointer1 disableMemPattern;
    final WithInt setSessionGraphOptimizationLevel;
    final WithInt setIntraOpNumThreads;
    final Pointer2 sessionGetInputCount;
    final Pointer2 sessionGetOutputCount;
    final WithLong sessionGetInputTypeInfo;
    final WithLong sessionGetOutputTypeInfo;
    final Named sessionGetInputName;
    final Named sessionGetOutputName;
    final Pointer1 createRunOptions;
    final Pointer1 runOptionsSetTerminate;
    final CreateTensor createTensorWithDataAsOrtValue;
    final Pointer2 getTensorMutableData;
    final Pointer2 castTypeInfoToTensorInfo;
    final Pointer2 getTensorElementType;
    final Pointer2 getDimensionsCount;
    final LastLong getDimensions;
    final Pointer2 getTensorTypeAndShape;
    final CreateMemoryInfo createMemoryInfo;
    final WithLong allocatorAlloc;
    final Pointer2 allocatorFree;
    final Pointer1 getAllocatorWithDefaultOptions;
    final Pointer3 addSessionConfigEntry;
    final Pointer3 createAllocator;
    final Pointer3 runWithBinding;
    final Pointer2 createIoBinding;
    final Pointer3 bindInput;
    final Pointer3 bindOutput;
    final Pointer3 bindOutputToDevice;
    final Pointer4 getBoundOutputValues;
    final Release clearBoundInputs;
    final Release clearBoundOutputs;
    final Pointer1 synchronizeBoundInputs;
    final Pointer1 synchronizeBoundOutputs;
    final Pointer2 appendCuda;
    final Pointer1 createCudaProviderOptions;
    final ProviderOptions updateCudaProviderOptions;
    final Release releaseMemoryInfo;
    final Release releaseSession;
    final Release releaseValue;
    final Release releaseRunOptions;
    final Release releaseTypeInfo;
    final Release releaseTensorTypeAndShapeInfo;
    final Release releaseSessionOptions;
    final Release releaseAllocator;
    final Release releaseIoBinding;
    final Release releaseCudaProviderOptions;

    private final MemorySegment table;
    private final Pointer1 getErrorMessage;
    private final Release releaseStatus;

    /** @param table of a runtime that knows API {@link RuntimeLibrary#API_VERSION} or a later one */
    OrtApi(MemorySegment table) {
        this.table = table.reinterpret((LAST_PLACE + 1) * ADDRESS.byteSize());
        getErrorMessage = function(2, Pointer1.class);
        createEnv = function(3, CreateEnv.class);
        createSession = function(7, Pointer4.class);
        createSessionFromArray = function(8, CreateSessionFromArray.class);
        createSessionOptions = function(10, Pointer1.class);
        disableMemPattern = function(17, Pointer1.class);
        setSessionGraphOptimizationLevel = function(23, WithInt.class);
        setIntraOpNumThreads = function(24, WithInt.class);
        sessionGetInputCount = function(30, Pointer2.class);
        sessionGetOutputCount = function(31, Pointer2.class);
        sessionGetInputTypeInfo = function(33, WithLong.class);
        sessionGetOutputTypeInfo = function(34, WithLong.class);
        sessionGetInputName = function(36, Named.class);
        sessionGetOutputName = function(37, Named.class);
        createRunOptions = function(39, Pointer1.class);
        runOptionsSetTerminate = function(46, Pointer1.class);
        createTensorWithDataAsOrtValue = function(49, CreateTensor.class);
        getTensorMutableData = function(51, Pointer2.class);
        castTypeInfoToTensorInfo = function(55, Pointer2.class);
        getTensorElementType = function(60, Pointer2.class);
        getDimensionsCount = function(61, Pointer2.class);
        getDimensions = function(62, LastLong.class);
        getTensorTypeAndShape = function(65, Pointer2.class);
        createMemoryInfo = function(68, CreateMemoryInfo.class);
        allocatorAlloc = function(75, WithLong.class);
        allocatorFree = function(76, Pointer2.class);
        getAllocatorWithDefaultOptions = function(78, Pointer1.class);
        releaseStatus = function(93, Release.class);
        releaseMemoryInfo = function(94, Release.class);
        releaseSession = function(95, Release.class);
        releaseValue = function(96, Release.class);
        releaseRunOptions = function(97, Release.class);
        releaseTypeInfo = function(98, Release.class);
        releaseTensorTypeAndShapeInfo = function(99, Release.class);
        releaseSessionOptions = function(100, Release.class);
        addSessionConfigEntry = function(130, Pointer3.class);
        createAllocator = function(131, Pointer3.class);
        releaseAllocator = function(132, Release.class);
        runWithBinding = function(133, Pointer3.class);
        createIoBinding = function(134, Pointer2.class);
        releaseIoBinding = function(135, Release.class);
        bindInput = function(136, Pointer3.class);
        bindOutput = function(137, Pointer3.class);
        bindOutputToDevice = function(138, Pointer3.class);
        getBoundOutputValues = function(140, Pointer4.class);
        clearBoundInputs = function(141, Release.class);
        clearBoundOutputs = function(142, Release.class);
        synchronizeBoundInputs = function(202, Pointer1.class);
        synchronizeBoundOutputs = function(203, Pointer1.class);
        appendCuda = function(204, Pointer2.class);
        createCudaProviderOptions = function(205, Pointer1.class);
        updateCudaProviderOptions = function(206, ProviderOptions.class);
        releaseCudaProviderOptions = function(LAST_PLACE, Release.class);
    }

    /**
     * Frees a status.
     *
     * @throws EngineException if it is not that of success
     */
    void check(MemorySegment status) {
        if (status.address() == 0) {
            return;
        }
        String message = text(getErrorMessage.call(status));
        releaseStatus.call(status);
        throw new EngineException(message);
    }

    /** A text of the runtime's. */
    static String text(MemorySegment pointer) {
        return pointer.reinterpret(LONGEST_TEXT).getString(0);
    }

    private <F> F function(int place, Class<F> shape) {
        MemorySegment function = table.getAtIndex(ADDRESS, place);
        return bind(function, shape);
    }

    /** A native function as an object with one method of the same parameters. */
    static <F> F bind(MemorySegment function, Class<F> shape) {
        var method = shape.getDeclaredMethods()[0];
        MemoryLayout[] parameters = new MemoryLayout[method.getParameterCount()];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = layout(method.getParameterTypes()[i]);
        }
        FunctionDescriptor descriptor = method.getReturnType() == void.class
                ? FunctionDescriptor.ofVoid(parameters)
                : FunctionDescriptor.of(layout(method.getReturnType()), parameters);
        MethodHandle handle = LINKER.downcallHandle(function, descriptor);
        return MethodHandleProxies.asInterfaceInstance(shape, handle);
    }

    private static MemoryLayout layout(Class<?> type) {
        if (type == int.class) {
            return JAVA_INT;
        }
        return type == long.class ? JAVA_LONG : ADDRESS;
    }
}
