package dev.triptych.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/** Off-heap memory of this process. */
final class HostMemory implements TensorMemory {

    static final HostMemory INSTANCE = new HostMemory();

    /** Blocks start on cache lines, which the runtime's vector kernels like. */
    private static final long ALIGNMENT = 64;

    /** Each block has an owner of its own, so that it can be freed alone. */
    private static final Supplier<Arena> ARENAS = Arena::ofShared;

    private HostMemory() {}

    @Override
    public Block allocate(long bytes) {
        Arena arena = ARENAS.get();
        boolean done = false;
        try {
            Block block = new HostBlock(arena, arena.allocate(bytes, ALIGNMENT));
            done = true;
            return block;
        } finally {
            if (!done) {
                arena.close();
            }
        }
    }

    @Override
    public void copyRows(Tensor from, int[] sources, Tensor to, int[] targets, int length) {
        long heads = from.shape().dim(1);
        long size = from.shape().dim(3);
        for (int i = 0; i < sources.length; i++) {
            for (long head = 0; head < heads; head++) {
                to.copyFrom(
                        from,
                        (sources[i] * heads + head) * from.shape().dim(2) * size,
                        (targets[i] * heads + head) * to.shape().dim(2) * size,
                        length * size);
            }
        }
    }

    private static final class HostBlock implements Block {

        private final Arena arena;
        private final MemorySegment memory;

        HostBlock(Arena arena, MemorySegment memory) {
            this.arena = arena;
            this.memory = memory;
        }

        @Override
        public long byteSize() {
            return memory.byteSize();
        }

        @Override
        public Tensor tensor(long offset, DType dtype, Shape shape) {
            return Tensor.over(memory.asSlice(offset), dtype, shape);
        }

        @Override
        public MemorySegment memory() {
            return memory;
        }

        @Override
        public void close() {
            arena.close();
        }
    }
}
