package dev.triptych.gateway.jobs.batches;

import dev.triptych.gateway.jobs.store.FileTable;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stored file line by line from any place, holding one block and one line. Owned by one thread, which waits for
 * the store.
 */
final class LineReader {

    private final FileTable files;
    private final String fileId;
    private final int maxLineBytes;
    private int lines;
    private long offset;
    private byte[] block = new byte[0];
    private int blockIndex = -1;

    /**
     * @param lines  lines before {@code offset}
     * @param offset in bytes, where a line starts
     */
    LineReader(FileTable files, String fileId, int maxLineBytes, int lines, long offset) {
        this.files = files;
        this.fileId = fileId;
        this.maxLineBytes = maxLineBytes;
        this.lines = lines;
        this.offset = offset;
    }

    /**
     * One line without its end.
     *
     * @param number  counted from 1
     * @param content empty where the line is too long
     * @param tooLong whether it is longer than lines may be
     * @param end     where the next line starts, in bytes
     */
    record Line(int number, byte[] content, boolean tooLong, long end) {

        boolean blank() {
            for (byte each : content) {
                if (each != ' ' && each != '\t' && each != '\r') {
                    return false;
                }
            }
            return !tooLong;
        }
    }

    /** The next line, {@code null} behind the last. */
    @Nullable
    Line next() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean tooLong = false;
        boolean any = false;
        while (load()) {
            any = true;
            int from = (int) (offset % FileTable.BLOCK_BYTES);
            int end = from;
            while (end < block.length && block[end] != '\n') {
                end++;
            }
            if (line.size() + end - from > maxLineBytes) {
                tooLong = true;
                line.reset();
            } else if (!tooLong) {
                line.write(block, from, end - from);
            }
            boolean ended = end < block.length;
            offset += end - from + (ended ? 1 : 0);
            if (ended) {
                break;
            }
        }
        return any ? new Line(++lines, line.toByteArray(), tooLong, offset) : null;
    }

    /** Whether there is a byte at the offset. */
    private boolean load() {
        int index = (int) (offset / FileTable.BLOCK_BYTES);
        if (index != blockIndex) {
            block = Waits.get(files.block(fileId, index).defaultIfEmpty(new byte[0]));
            blockIndex = index;
        }
        return offset % FileTable.BLOCK_BYTES < block.length;
    }
}
