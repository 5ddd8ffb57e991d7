package dev.triptych.engine.capi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.engine.EngineException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RuntimeLibraryTest {

    @Test
    void aLibraryThatIsNotOnnxRuntimeIsRefused() {
        assertThatThrownBy(() -> RuntimeLibrary.open(name -> Optional.empty()))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("not ONNX Runtime");
    }

    /** A library of its own: {@code OrtGetApiBase} gives a base whose {@code GetApi} knows no table of that version. */
    @Test
    void aRuntimeThatIsTooOldIsRefusedByItsVersion() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment base = arena.allocate(ADDRESS, 2);
            MethodHandle noTable = MethodHandles.dropArguments(
                    MethodHandles.constant(MemorySegment.class, MemorySegment.NULL), 0, int.class);
            base.setAtIndex(ADDRESS, 0, stub(noTable, FunctionDescriptor.of(ADDRESS, JAVA_INT), arena));
            base.setAtIndex(ADDRESS, 1, giving(arena.allocateFrom("1.14.1"), arena));
            MemorySegment door = giving(base, arena);
            SymbolLookup symbols = name -> name.equals("OrtGetApiBase") ? Optional.of(door) : Optional.empty();
            assertThatThrownBy(() -> RuntimeLibrary.open(symbols))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("ONNX Runtime 1.14.1")
                    .hasMessageContaining("1.22 or later");
        }
    }

    private static MemorySegment giving(MemorySegment value, Arena arena) {
        return stub(MethodHandles.constant(MemorySegment.class, value), FunctionDescriptor.of(ADDRESS), arena);
    }

    private static MemorySegment stub(MethodHandle target, FunctionDescriptor descriptor, Arena arena) {
        return Linker.nativeLinker().upcallStub(target, descriptor, arena);
    }
}
