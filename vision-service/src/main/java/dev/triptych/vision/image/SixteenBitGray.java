package dev.triptych.vision.image;

/**
 * How 16-bit gray values become 8-bit ones. Pillow keeps a plain 16-bit gray PNG in 16 bits and cuts values over 255
 * when it converts, whereas every other 16-bit sample loses its low byte already when read.
 */
enum SixteenBitGray {
    HIGH_BYTE,
    CLIPPED;

    private static final int BIT_DEPTH_OFFSET = 24;
    private static final int COLOR_TYPE_OFFSET = 25;

    /** The rule for an encoded picture, by the header of a PNG. */
    static SixteenBitGray of(ImageFormat format, byte[] bytes) {
        boolean plainGray = format == ImageFormat.PNG
                && bytes.length > COLOR_TYPE_OFFSET
                && bytes[BIT_DEPTH_OFFSET] == 16
                && bytes[COLOR_TYPE_OFFSET] == 0;
        return plainGray ? CLIPPED : HIGH_BYTE;
    }

    int toEightBits(int value) {
        return this == CLIPPED ? Math.min(value, 255) : value >> 8;
    }
}
