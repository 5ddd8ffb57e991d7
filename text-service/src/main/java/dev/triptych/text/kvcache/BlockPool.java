package dev.triptych.text.kvcache;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Off-heap memory in blocks of powers of two, kept for reuse up to a budget. In steady state every lease is served from
 * a block that was returned before.
 *
 * <pre>
 *   held = leased + idle ≤ budget
 * </pre>
 */
final class BlockPool implements AutoCloseable {

    private static final long SMALLEST = 4096;

    /** Blocks start on cache lines, which the runtime's vector kernels like. */
    private static final long ALIGNMENT = 64;

    private final long budgetBytes;
    private final Supplier<Arena> arenas;
    private final TreeMap<Long, Deque<Block>> idle = new TreeMap<>();
    private final Set<Block> leased = new HashSet<>();
    private long heldBytes;

    /** @param arenas gives each block an owner of its own, so that it can be freed alone */
    BlockPool(long budgetBytes, Supplier<Arena> arenas) {
        this.budgetBytes = budgetBytes;
        this.arenas = arenas;
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
            Arena arena = arenas.get();
            block = new Block(arena, arena.allocate(size, ALIGNMENT));
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
        block.arena().close();
    }

    /** Frees all memory, leased blocks too. */
    @Override
    public void close() {
        leased.forEach(this::free);
        leased.clear();
        idle.values().forEach(blocks -> blocks.forEach(this::free));
        idle.clear();
    }

    /** Memory and its owner. Compared by identity. */
    static final class Block {

        private final Arena arena;
        private final MemorySegment memory;

        private Block(Arena arena, MemorySegment memory) {
            this.arena = arena;
            this.memory = memory;
        }

        long size() {
            return memory.byteSize();
        }

        MemorySegment memory() {
            return memory;
        }

        private Arena arena() {
            return arena;
        }
    }
}
