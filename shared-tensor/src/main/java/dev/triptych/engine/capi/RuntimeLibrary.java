package dev.triptych.engine.capi;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.triptych.engine.EngineException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/**
 * The door of ONNX Runtime's library: {@code OrtGetApiBase}, which gives its version and its table of functions.
 *
 * <pre>
 *   OrtApiBase:  | GetApi(version) | GetVersionString() |
 * </pre>
 */
final class RuntimeLibrary {

    /** The table of ONNX Runtime 1.22, the oldest that has all functions used here; later runtimes serve it too. */
    static final int API_VERSION = 22;

    public interface GetApi {
        MemorySegment call(int version);
    }

    public interface GetText {
        MemorySegment call();
    }

    private RuntimeLibrary() {}

    /**
     * The functions of a loaded library.
     *
     * @throws EngineException if it is not ONNX Runtime, or one too old
     */
    static OrtApi open(SymbolLookup symbols) {
        MemorySegment door = symbols.find("OrtGetApiBase")
                .orElseThrow(() -> new EngineException(
                        "the native library has no OrtGetApiBase, so it is not ONNX Runtime; triptych.engine=java"
                                + " does without"));
        MemorySegment base = OrtApi.bind(door, GetText.class).call().reinterpret(2 * ADDRESS.byteSize());
        String version = OrtApi.text(
                OrtApi.bind(base.getAtIndex(ADDRESS, 1), GetText.class).call());
        MemorySegment table =
                OrtApi.bind(base.getAtIndex(ADDRESS, 0), GetApi.class).call(API_VERSION);
        if (table.address() == 0) {
            throw new EngineException("ONNX Runtime " + version + " does not know API " + API_VERSION
                    + ", which triptych.engine=capi needs (1." + API_VERSION + " or later); triptych.engine=java does"
                    + " without");
        }
        return new OrtApi(table);
    }
}
