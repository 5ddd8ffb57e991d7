package dev.triptych.vision.image;

/**
 * A picture of 8-bit RGB pixels, {@code [height, width, 3]} row-major. The array is shared, not copied: nobody writes
 * to it once the picture is built.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param pixels {@code height · width · 3} bytes
 */
@SuppressWarnings("ArrayRecordComponent") // A copy per picture would double the memory of the largest thing here.
public record RgbImage(int width, int height, byte[] pixels) {

    static final int CHANNELS = 3;

    public RgbImage {
        if (width < 1 || height < 1 || pixels.length != byteCount(width, height)) {
            throw new IllegalArgumentException(
                    "a picture of " + width + "x" + height + " pixels does not fit " + pixels.length + " bytes");
        }
    }

    /** Bytes of a picture of that size. */
    static int byteCount(int width, int height) {
        return Math.multiplyExact(Math.multiplyExact(width, height), CHANNELS);
    }
}
