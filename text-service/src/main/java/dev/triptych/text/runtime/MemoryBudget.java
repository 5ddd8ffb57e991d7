package dev.triptych.text.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The memory that models may have together, graphs and caches. What is taken is given back by closing its share, so that
 * what is held is always known to the byte. Safe from any thread.
 */
public final class MemoryBudget {

    private static final double MEBI = 1 << 20;

    private final long limitBytes;
    private final List<Share> shares = new ArrayList<>();

    /** @param limitBytes 0: no bound */
    public MemoryBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Memory that something holds; closing it twice gives it back once. */
    public final class Share implements AutoCloseable {

        private final String owner;
        private final long bytes;

        private Share(String owner, long bytes) {
            this.owner = owner;
            this.bytes = bytes;
        }

        @Override
        public void close() {
            giveBack(this);
        }
    }

    /**
     * Sets memory aside.
     *
     * @param owner the model's name
     * @param what the memory is for, in words
     * @throws MemoryExceededException with the figures if there is not so much left
     */
    public synchronized Share take(String owner, String what, long bytes) {
        long held = heldBytes();
        if (limitBytes > 0 && bytes > limitBytes - held) {
            throw new MemoryExceededException(what + " needs " + mebibytes(bytes) + ", but of triptych.memory "
                    + mebibytes(limitBytes) + " only " + mebibytes(Math.max(0, limitBytes - held)) + " are left"
                    + holders());
        }
        Share share = new Share(owner, bytes);
        shares.add(share);
        return share;
    }

    /** Bytes that are set aside now. */
    public synchronized long heldBytes() {
        return shares.stream().mapToLong(share -> share.bytes).sum();
    }

    /** How many shares are open. */
    public synchronized int openShares() {
        return shares.size();
    }

    private synchronized void giveBack(Share share) {
        shares.remove(share);
    }

    private String holders() {
        Map<String, Long> byOwner = new LinkedHashMap<>();
        shares.forEach(share -> byOwner.merge(share.owner, share.bytes, Long::sum));
        List<String> held = byOwner.entrySet().stream()
                .map(entry -> entry.getKey() + " " + mebibytes(entry.getValue()))
                .toList();
        return held.isEmpty() ? "" : "; held: " + String.join(", ", held);
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / MEBI);
    }
}
