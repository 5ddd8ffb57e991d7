package dev.triptych.modelpackage;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Walks an encoded protocol buffer field by field. What has a length is handed over before it is passed, so that a
 * handler may read into it or let it be; numbers of other kinds are passed by. Not thread-safe.
 */
final class ProtoReader {

    /** Wire types of the protocol buffer encoding. */
    private static final int VARINT = 0;

    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED_32 = 5;

    private final MemorySegment file;
    private long position;

    ProtoReader(MemorySegment file) {
        this.file = file;
    }

    /** Takes a field that has a length: a text, bytes or a message. */
    @FunctionalInterface
    interface Handler {

        /** The reader stands at the first of so many bytes. */
        void found(int field, long length);
    }

    /**
     * Reads a message of so many bytes from where the reader stands.
     *
     * @throws IndexOutOfBoundsException if the bytes are none
     */
    void message(long length, Handler handler) {
        long end = position + length;
        while (position < end) {
            long key = varint();
            switch ((int) (key & 7)) {
                case VARINT -> varint();
                case FIXED_64 -> position += Long.BYTES;
                case FIXED_32 -> position += Integer.BYTES;
                case BYTES -> {
                    long size = varint();
                    long next = position + size;
                    handler.found((int) (key >>> 3), size);
                    position = next;
                }
                default -> throw new IndexOutOfBoundsException("no such wire type");
            }
        }
    }

    /** So many bytes from where the reader stands. */
    String text(long length) {
        return new String(file.asSlice(position, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = file.get(ValueLayout.JAVA_BYTE, position++);
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IndexOutOfBoundsException("a number has no end");
    }
}
