package dev.triptych.engine.capi;

import dev.triptych.engine.ModelSession;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.ShapeMismatchException;
import dev.triptych.tensor.Tensor;
import dev.triptych.tensor.TensorMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * Memory of the device that a session runs on, from the runtime's allocator for it. Java never looks into it, also where
 * the device is the processor: what tests show there, holds for a GPU.
 *
 * <p>Rows are copied by a small graph that runs on the device, so that nothing but numbers of places crosses. Owned by the
 * session; the allocator itself goes with the last block.
 */
final class DeviceMemory implements TensorMemory, AutoCloseable {

    private static final int MOST_PLACES = 64;

    private final OrtApi api;
    private final MemorySegment allocator;
    private final boolean releasesAllocator;
    private final Function<String, ModelSession> graphs;
    private final Map<String, ModelSession> opened = new HashMap<>();
    private final NamedTensors inputs = new NamedTensors();
    private final NamedTensors outputs = new NamedTensors();
    private Tensor sources = Tensor.allocate(Arena.ofAuto(), DType.INT64, Shape.of(0));
    private Tensor targets = sources;
    private int blocks;
    private boolean closed;

    /**
     * @param releasesAllocator whether the allocator is this memory's own
     * @param graphs opens graphs of this package by name, where the session runs; closed with this
     */
    DeviceMemory(
            OrtApi api, MemorySegment allocator, boolean releasesAllocator, Function<String, ModelSession> graphs) {
        this.api = api;
        this.allocator = allocator;
        this.releasesAllocator = releasesAllocator;
        this.graphs = graphs;
    }

    @Override
    public synchronized Block allocate(long bytes) {
        if (closed) {
            throw new IllegalStateException("the memory's session is closed");
        }
        long whole = Math.ceilDiv(bytes, Float.BYTES) * Float.BYTES;
        MemorySegment start = Native.pointer(api, out -> api.allocatorAlloc.call(allocator, whole, out));
        blocks++;
        DeviceBlock block = new DeviceBlock(start, whole);
        boolean done = false;
        try {
            clear(block);
            done = true;
            return block;
        } finally {
            if (!done) {
                block.close();
            }
        }
    }

    /** What attention masks out, it still multiplies by zero: with what is not a number, that would be seen. */
    private void clear(DeviceBlock block) {
        long count = block.byteSize() / Float.BYTES;
        Tensor shape = Tensor.allocate(Arena.ofAuto(), DType.INT64, Shape.of(1));
        shape.setLong(0, count);
        graph("zeros")
                .run(
                        NamedTensors.of("shape", shape),
                        NamedTensors.of("zeros", block.tensor(0, DType.FLOAT32, Shape.of(count))));
    }

    private ModelSession graph(String name) {
        return opened.computeIfAbsent(name, graphs);
    }

    private synchronized void free(MemorySegment start) {
        api.check(api.allocatorFree.call(allocator, start));
        blocks--;
        releaseAllocator();
    }

    private void releaseAllocator() {
        if (closed && blocks == 0 && releasesAllocator) {
            api.releaseAllocator.call(allocator);
        }
    }

    /** Rows are copied in cells, as many places of a head as divide all lengths. */
    @Override
    public void copyRows(Tensor from, int[] rowSources, Tensor to, int[] rowTargets, int length) {
        if (length == 0 || rowSources.length == 0) {
            return;
        }
        int places = Math.min(
                MOST_PLACES,
                Math.toIntExact(Long.lowestOneBit(
                        length | from.shape().dim(2) | to.shape().dim(2))));
        int cells = Math.toIntExact(rowSources.length * from.shape().dim(1) * (length / places));
        if (sources.capacity() < cells) {
            sources = Tensor.allocate(Arena.ofAuto(), DType.INT64, Shape.of(2L * cells));
            targets = Tensor.allocate(Arena.ofAuto(), DType.INT64, Shape.of(2L * cells));
        }
        number(rowSources, from.shape(), places, length, sources);
        number(rowTargets, to.shape(), places, length, targets);
        inputs.put("from", inCells(from, places))
                .put("to", inCells(to, places))
                .put("sources", sources.reshaped(cells, 1))
                .put("targets", targets.reshaped(cells, 1));
        outputs.put("copied", inputs.get("to"));
        graph("copy-cells-" + to.dtype().name().toLowerCase(Locale.ROOT)).run(inputs, outputs);
    }

    private static Tensor inCells(Tensor tensor, int places) {
        long width = places * tensor.shape().dim(3);
        return tensor.reshaped(tensor.shape().elementCount() / width, width);
    }

    /** The numbers of the cells that the first places of rows take. */
    private static void number(int[] rows, Shape shape, int places, int length, Tensor numbers) {
        long heads = shape.dim(1);
        long cellsOfHead = shape.dim(2) / places;
        long at = 0;
        for (int row : rows) {
            for (long head = 0; head < heads; head++) {
                long first = (row * heads + head) * cellsOfHead;
                for (int cell = 0; cell < length / places; cell++) {
                    numbers.setLong(at++, first + cell);
                }
            }
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            opened.values().forEach(ModelSession::close);
            releaseAllocator();
        }
    }

    private final class DeviceBlock implements Block {

        private final MemorySegment start;
        private final long bytes;

        DeviceBlock(MemorySegment start, long bytes) {
            this.start = start;
            this.bytes = bytes;
        }

        @Override
        public long byteSize() {
            return bytes;
        }

        @Override
        public Tensor tensor(long offset, DType dtype, Shape shape) {
            if (offset < 0 || offset > bytes) {
                throw new ShapeMismatchException("a block of " + bytes + " bytes has nothing at " + offset);
            }
            return Tensor.onDevice(start.address() + offset, bytes - offset, dtype, shape);
        }

        @Override
        public MemorySegment memory() {
            throw new UnsupportedOperationException("the memory of a device cannot be reached from Java");
        }

        @Override
        public void close() {
            free(start);
        }
    }
}
