package dev.triptych.engine.capi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.UnaryOperator;

/** Out-parameters of C. */
final class Native {

    private Native() {}

    /** The pointer that a function leaves. */
    static MemorySegment pointer(OrtApi api, UnaryOperator<MemorySegment> call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            api.check(call.apply(out));
            return out.get(ADDRESS, 0);
        }
    }

    /** The count that a function leaves. */
    static long count(OrtApi api, UnaryOperator<MemorySegment> call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_LONG);
            api.check(call.apply(out));
            return out.get(JAVA_LONG, 0);
        }
    }

    /** An array of C strings. */
    static MemorySegment texts(Arena arena, Iterable<String> texts, int count) {
        MemorySegment array = arena.allocate(ADDRESS, Math.max(1, count));
        int at = 0;
        for (String text : texts) {
            array.setAtIndex(ADDRESS, at++, arena.allocateFrom(text));
        }
        return array;
    }
}
