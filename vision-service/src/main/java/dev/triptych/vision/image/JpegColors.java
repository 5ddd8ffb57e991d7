package dev.triptych.vision.image;

import java.awt.image.Raster;
import java.nio.charset.StandardCharsets;

/**
 * The color space that a JPEG's markers tell, and its conversion to RGB. Decoding yields raw components, because
 * Java's own conversion follows embedded profiles and Pillow's does not.
 *
 * <p>The rules are libjpeg's: JFIF means YCbCr; else Adobe's transform flag decides; else the components' ids. Four
 * components are CMYK or YCCK and stored inverted, as Adobe's programs write them.
 */
enum JpegColors {
    GRAY,
    YCBCR,
    RGB,
    CMYK,
    YCCK;

    private static final int ADOBE = 0xEE;
    private static final int JFIF = 0xE0;
    private static final int START_OF_SCAN = 0xDA;
    private static final int NO_ADOBE = -1;

    /** 16 fraction bits, rounded: libjpeg's fixed point, which Pillow's pixels come from. */
    private static final int SCALE = 16;

    private static final int HALF = 1 << (SCALE - 1);
    private static final int RED_CR = fixed(1.40200);
    private static final int BLUE_CB = fixed(1.77200);
    private static final int GREEN_CB = fixed(0.34414);
    private static final int GREEN_CR = fixed(0.71414);

    /** Reads the markers up to the first scan. */
    static JpegColors of(byte[] jpeg) {
        boolean jfif = false;
        int adobe = NO_ADOBE;
        String ids = "";
        int at = 2;
        while (at + 4 <= jpeg.length && (jpeg[at] & 0xFF) == 0xFF) {
            int marker = jpeg[at + 1] & 0xFF;
            if (marker == 0xFF) {
                at++;
                continue;
            }
            int length = (jpeg[at + 2] & 0xFF) << 8 | jpeg[at + 3] & 0xFF;
            if (marker == START_OF_SCAN || at + 2 + length > jpeg.length) {
                break;
            }
            if (marker == JFIF && startsWith(jpeg, at + 4, "JFIF")) {
                jfif = true;
            } else if (marker == ADOBE && length >= 14 && startsWith(jpeg, at + 4, "Adobe")) {
                adobe = jpeg[at + 15] & 0xFF;
            } else if (isStartOfFrame(marker)) {
                ids = componentIds(jpeg, at + 4, length - 2);
            }
            at += 2 + length;
        }
        return of(ids, jfif, adobe);
    }

    private static JpegColors of(String ids, boolean jfif, int adobe) {
        return switch (ids.length()) {
            case 1 -> GRAY;
            case 4 -> adobe == NO_ADOBE || adobe == 0 ? CMYK : YCCK;
            default -> !jfif && (adobe == 0 || adobe == NO_ADOBE && ids.equals("RGB")) ? RGB : YCBCR;
        };
    }

    private static boolean isStartOfFrame(int marker) {
        return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    }

    private static String componentIds(byte[] jpeg, int segment, int length) {
        int count = length > 5 ? jpeg[segment + 5] & 0xFF : 0;
        StringBuilder ids = new StringBuilder();
        for (int i = 0; i < count && 6 + 3 * i < length; i++) {
            ids.append((char) (jpeg[segment + 6 + 3 * i] & 0xFF));
        }
        return ids.toString();
    }

    private static boolean startsWith(byte[] bytes, int at, String text) {
        return bytes.length >= at + text.length()
                && new String(bytes, at, text.length(), StandardCharsets.ISO_8859_1).equals(text);
    }

    /** Converts raw components, {@code [height, width, components]}; the raster may be overwritten. */
    RgbImage toRgb(Raster raster) {
        int width = raster.getWidth();
        int bands = raster.getNumBands();
        byte[] inPlace = RasterPixels.interleavedRgb(raster);
        if (this == YCBCR && inPlace != null) {
            YcbcrTables.toRgb(inPlace);
            return new RgbImage(width, raster.getHeight(), inPlace);
        }
        byte[] pixels = inPlace == null ? new byte[RgbImage.byteCount(width, raster.getHeight())] : inPlace;
        int[] row = new int[width * bands];
        int out = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int in = 0; in < row.length; in += bands, out += RgbImage.CHANNELS) {
                convert(row, in, pixels, out);
            }
        }
        return new RgbImage(width, raster.getHeight(), pixels);
    }

    private void convert(int[] row, int in, byte[] pixels, int out) {
        switch (this) {
            case GRAY -> store(pixels, out, row[in], row[in], row[in]);
            case RGB -> store(pixels, out, row[in], row[in + 1], row[in + 2]);
            case YCBCR -> {
                int y = row[in];
                int cb = row[in + 1] - 128;
                int cr = row[in + 2] - 128;
                store(pixels, out, red(y, cr), green(y, cb, cr), blue(y, cb));
            }
            case CMYK -> storeInk(pixels, out, row[in], row[in + 1], row[in + 2], row[in + 3]);
            case YCCK -> {
                int y = row[in];
                int cb = row[in + 1] - 128;
                int cr = row[in + 2] - 128;
                storeInk(pixels, out, 255 - red(y, cr), 255 - green(y, cb, cr), 255 - blue(y, cb), row[in + 3]);
            }
        }
    }

    private static int red(int y, int cr) {
        return Math.clamp(y + (RED_CR * cr + HALF >> SCALE), 0, 255);
    }

    private static int green(int y, int cb, int cr) {
        return Math.clamp(y + (-GREEN_CB * cb - GREEN_CR * cr + HALF >> SCALE), 0, 255);
    }

    private static int blue(int y, int cb) {
        return Math.clamp(y + (BLUE_CB * cb + HALF >> SCALE), 0, 255);
    }

    /** The inks are stored inverted: {@code black} is how much light the black ink lets through. */
    private static void storeInk(byte[] pixels, int out, int cyan, int magenta, int yellow, int black) {
        store(pixels, out, light(cyan, black), light(magenta, black), light(yellow, black));
    }

    private static int light(int ink, int black) {
        int product = (255 - ink) * black + 128;
        return Math.clamp(black - ((product >> 8) + product >> 8), 0, 255);
    }

    private static void store(byte[] pixels, int out, int red, int green, int blue) {
        pixels[out] = (byte) red;
        pixels[out + 1] = (byte) green;
        pixels[out + 2] = (byte) blue;
    }

    private static int fixed(double value) {
        return (int) (value * (1 << SCALE) + 0.5);
    }

    /** What each chroma adds, looked up as libjpeg does: nearly all photographs come this way. */
    private static final class YcbcrTables {

        private static final int[] RED_OF_CR = new int[256];
        private static final int[] BLUE_OF_CB = new int[256];
        private static final int[] GREEN_OF_CB = new int[256];
        private static final int[] GREEN_OF_CR = new int[256];

        static {
            for (int value = 0; value < 256; value++) {
                int chroma = value - 128;
                RED_OF_CR[value] = RED_CR * chroma + HALF >> SCALE;
                BLUE_OF_CB[value] = BLUE_CB * chroma + HALF >> SCALE;
                GREEN_OF_CB[value] = -GREEN_CB * chroma + HALF;
                GREEN_OF_CR[value] = -GREEN_CR * chroma;
            }
        }

        /** In place, {@code [pixels, 3]}. */
        static void toRgb(byte[] pixels) {
            for (int at = 0; at + 2 < pixels.length; at += RgbImage.CHANNELS) {
                int y = pixels[at] & 0xFF;
                int cb = pixels[at + 1] & 0xFF;
                int cr = pixels[at + 2] & 0xFF;
                pixels[at] = eightBits(y + RED_OF_CR[cr]);
                pixels[at + 1] = eightBits(y + (GREEN_OF_CB[cb] + GREEN_OF_CR[cr] >> SCALE));
                pixels[at + 2] = eightBits(y + BLUE_OF_CB[cb]);
            }
        }

        private static byte eightBits(int value) {
            return (byte) Math.max(0, Math.min(255, value));
        }
    }
}
