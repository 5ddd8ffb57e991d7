package dev.triptych.vision.render;

import java.awt.Color;

/** Colors that tell labels apart, and what can be read on them. */
final class Palette {

    /** Neighbors on the color circle end up far apart in the sequence. */
    private static final double GOLDEN_ANGLE = 0.38196601125;

    private static final float[] SATURATION = {0.85f, 0.65f, 0.95f};
    private static final float[] BRIGHTNESS = {0.95f, 0.75f, 0.85f};

    /** From cold to hot over equal steps of lightness, so that it also reads in gray. */
    private static final int[] HEAT = {0x0D0887, 0x5B02A3, 0x9A179B, 0xCB4678, 0xEB7852, 0xFBB32F, 0xF0F921};

    private Palette() {}

    /** The color of the n-th label; the same for every picture. */
    static Color ofLabel(int index) {
        float hue = (float) ((0.03 + index * GOLDEN_ANGLE) % 1);
        int shade = index / 7 % SATURATION.length;
        return Color.getHSBColor(hue, SATURATION[shade], BRIGHTNESS[shade]);
    }

    /** Black or white, whichever stands out more from a color. */
    static Color textOn(Color color) {
        double luminance =
                0.2126 * linear(color.getRed()) + 0.7152 * linear(color.getGreen()) + 0.0722 * linear(color.getBlue());
        // Contrast by WCAG: (lighter + 0.05) / (darker + 0.05).
        return (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) ? Color.BLACK : Color.WHITE;
    }

    private static double linear(int value) {
        double share = value / 255.0;
        return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
    }

    /** The color of a value from 0 to 1, as {@code 0xRRGGBB}. */
    static int heat(double value) {
        double position = Math.clamp(value, 0.0, 1.0) * (HEAT.length - 1);
        int below = Math.min((int) position, HEAT.length - 2);
        return blend(HEAT[below], HEAT[below + 1], position - below);
    }

    /** The mixture of two colors; {@code share} of the second. */
    static int blend(int first, int second, double share) {
        int mixed = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            int a = first >> shift & 0xFF;
            int b = second >> shift & 0xFF;
            mixed |= (int) Math.round(a + (b - a) * share) << shift;
        }
        return mixed;
    }
}
