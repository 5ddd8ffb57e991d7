package dev.triptych.vision.image;

import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;

/**
 * What decoding a picture costs in memory, by its header.
 *
 * @param decoded bytes of the decoder's own pixels
 * @param pixels of the picture
 */
record DecodingCost(long decoded, long pixels) {

    /** The WebP decoder keeps some 40 bytes for each pixel. */
    private static final int WEBP_PIXEL = 40;

    /** Of a lossless WebP: five Huffman tables, and the fewest bits that define them. */
    private static final long HUFFMAN_GROUP = 5 * 1040;

    private static final long HUFFMAN_GROUP_BITS = 20;
    private static final int MOST_HUFFMAN_GROUPS = 1 << 16;

    private static final int UNKNOWN_PIXEL = 4;

    /** The canvas of a GIF, whose frames have one byte for each pixel. */
    static DecodingCost of(GifCanvas canvas) {
        long pixels = Math.multiplyFull(canvas.width(), canvas.height());
        return new DecodingCost(pixels * (1 + RgbImage.CHANNELS), pixels);
    }

    static DecodingCost of(ImageReader reader, ImageFormat format, byte[] file) throws IOException {
        long pixels = Math.multiplyFull(reader.getWidth(0), reader.getHeight(0));
        if (format == ImageFormat.WEBP) {
            long groups = Math.min(MOST_HUFFMAN_GROUPS, file.length * 8L / HUFFMAN_GROUP_BITS);
            return new DecodingCost(pixels * WEBP_PIXEL + groups * HUFFMAN_GROUP, pixels);
        }
        return new DecodingCost(pixels * bytesPerPixel(reader, format), pixels);
    }

    /** A JPEG's colors are not asked for: some of those that are decoded as raw samples have no name in Java. */
    private static int bytesPerPixel(ImageReader reader, ImageFormat format) throws IOException {
        ImageTypeSpecifier type = format == ImageFormat.JPEG ? null : reader.getRawImageType(0);
        return type == null
                ? UNKNOWN_PIXEL
                : Math.max(1, (type.getColorModel().getPixelSize() + Byte.SIZE - 1) / Byte.SIZE);
    }

    /** The decoder's pixels, and those that are made of them. */
    long least() {
        return decoded + pixels * RgbImage.CHANNELS;
    }

    /** And what is made of those: the picture upright, and resized. */
    long most() {
        return least() + pixels * RgbImage.CHANNELS;
    }
}
