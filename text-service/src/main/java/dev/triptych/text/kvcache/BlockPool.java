package dev.triptych.text.kvcache;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.tensor.TensorMemory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * Memory in blocks of powers of two, kept for reuse up to a budget. In steady state every lease is served from
 * a block that was returned before.
 *
 * <pre>
 *   held = leased + idle ≤ budget
 * </pre>
 */
final class BlockPool implements AutoCloseable {

    private static final long SMALLEST = 4096;

    private final long budgetBytes;
    private final LongFunction<TensorMemory.Block> memory;
    private final TreeMap<Long, Deque<Block>> idle = new TreeMap<>();
    private final Set<Block> leased = new HashSet<>();
    private long heldBytes;

    /** @param memory gives a block of so many bytes */
    BlockPool(long budgetBytes, LongFunction<TensorMemory.Block> memory) {
        this.budgetBytes = budgetBytes;
        this.memory = memory;
    }

    /** The size of the block that serves a request for {@code bytes}. */
    static long blockSize(long bytes) {
        long smallest = Math.max(SMALLEST, bytes);
        long power = Long.highestOneBit(smallest);
        return power == smallest ? power : Math.multiplyExact(power, 2L);
    }

    /**
     * Hands out a block of at least that many bytes, with whatever bytes its last user left.
     *
     * @throws IllegalStateException if the budget does not allow it: callers set memory aside first
     */
    Block lease(long bytes) {
        long size = blockSize(bytes);
        Deque<Block> fitting = idle.get(size);
        Block block = fitting == null ? null : fitting.pollFirst();
        if (block == null) {
            trim(size);
            block = new Block(memory.apply(size));
            heldBytes += size;
        }
        leased.add(block);
        return block;
    }

    /** Takes a block back. */
    void release(Block block) {
        if (!leased.remove(block)) {
            throw new IllegalStateException("a block was returned that is not on lease");
        }
        idle.computeIfAbsent(block.size(), size -> new ArrayDeque<>()).addFirst(block);
    }

    long budgetBytes() {
        return budgetBytes;
    }

    long heldBytes() {
        return heldBytes;
    }

    long leasedBytes() {
        return leased.stream().mapToLong(Block::size).sum();
    }

    long idleBytes() {
        return idle.values().stream()
                .flatMap(Deque::stream)
                .mapToLong(Block::size)
                .sum();
    }

    /** Frees idle blocks, the largest first, until another {@code size} bytes fit. */
    private void trim(long size) {
        while (heldBytes + size > budgetBytes) {
            Map.Entry<Long, Deque<Block>> largest = idle.pollLastEntry();
            if (largest == null) {
                throw new IllegalStateException("a block of " + size + " bytes exceeds the budget: " + heldBytes
                        + " of " + budgetBytes + " bytes are held");
            }
            largest.getValue().forEach(this::free);
        }
    }

    private void free(Block block) {
        heldBytes -= block.size();
        block.owner.close();
    }

    /** Frees all memory, leased blocks too. */
    @Override
    public void close() {
        leased.forEach(this::free);
        leased.clear();
        idle.values().forEach(blocks -> blocks.forEach(this::free));
        idle.clear();
    }

    /** What is leased. Compared by identity. */
    static final class Block {

        private final TensorMemory.Block owner;

        private Block(TensorMemory.Block owner) {
            this.owner = owner;
        }

        long size() {
            return owner.byteSize();
        }

        /** The bytes, where the host can reach them. */
        MemorySegment memory() {
            return owner.memory();
        }

        /** A view that starts {@code offset} bytes in. */
        Tensor tensor(long offset, DType dtype, Shape shape) {
            return owner.tensor(offset, dtype, shape);
        }
    }
}
