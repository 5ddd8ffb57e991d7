package dev.triptych.gateway.jobs.files;

import dev.triptych.gateway.jobs.store.FileTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/** Cuts a stream of buffers of any length into blocks of one length; the last may be shorter. For one reader. */
final class BlockCutter {

    private final byte[] open = new byte[FileTable.BLOCK_BYTES];
    private int filled;
    private long total;

    /** The blocks that {@code buffer} completes; it is released. */
    List<byte[]> add(DataBuffer buffer) {
        List<byte[]> whole = new ArrayList<>();
        try {
            while (buffer.readableByteCount() > 0) {
                int part = Math.min(buffer.readableByteCount(), open.length - filled);
                buffer.read(open, filled, part);
                filled += part;
                total += part;
                if (filled == open.length) {
                    whole.add(open.clone());
                    filled = 0;
                }
            }
        } finally {
            DataBufferUtils.release(buffer);
        }
        return whole;
    }

    /** What is left at the end: one block or none. */
    List<byte[]> rest() {
        List<byte[]> rest = filled == 0 ? List.of() : List.of(Arrays.copyOf(open, filled));
        filled = 0;
        return rest;
    }

    /** Bytes added so far. */
    long total() {
        return total;
    }
}
