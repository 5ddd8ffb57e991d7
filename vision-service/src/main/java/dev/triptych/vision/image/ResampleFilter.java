package dev.triptych.vision.image;

/**
 * Pillow's resampling filters, in the order of its numbers ({@code resample} in {@code preprocessor_config.json}). Each
 * is a window function over the distance from a pixel's center, zero beyond {@link #support}. Pillow documents them at
 * "Concepts: Filters".
 */
public enum ResampleFilter {
    /** One source pixel for each output pixel, no window. */
    NEAREST(0.0) {
        @Override
        double weight(double x) {
            throw new UnsupportedOperationException("the nearest pixel is chosen, not weighted");
        }
    },
    /** Lanczos: {@code sinc(x) · sinc(x/3)}. */
    LANCZOS(3.0) {
        @Override
        double weight(double x) {
            return x >= -3.0 && x < 3.0 ? sinc(x) * sinc(x / 3) : 0.0;
        }
    },
    /** The triangle {@code 1 - |x|}. */
    BILINEAR(1.0) {
        @Override
        double weight(double x) {
            double distance = Math.abs(x);
            return distance < 1.0 ? 1.0 - distance : 0.0;
        }
    },
    /** Keys' cubic with a = -0.5. Source: Keys 1981, "Cubic convolution interpolation for digital image processing". */
    BICUBIC(2.0) {
        @Override
        double weight(double x) {
            double a = -0.5;
            double d = Math.abs(x);
            if (d < 1.0) {
                return ((a + 2.0) * d - (a + 3.0)) * d * d + 1;
            }
            return d < 2.0 ? (((d - 5) * d + 8) * d - 4) * a : 0.0;
        }
    },
    /** The mean of the pixels covered; the window is half open so that no pixel counts twice. */
    BOX(0.5) {
        @Override
        double weight(double x) {
            return x > -0.5 && x <= 0.5 ? 1.0 : 0.0;
        }
    },
    /** A Hamming-windowed sinc of one lobe. */
    HAMMING(1.0) {
        @Override
        double weight(double x) {
            double d = Math.abs(x);
            if (d == 0.0) {
                return 1.0;
            }
            return d < 1.0 ? sinc(d) * (0.54 + 0.46 * Math.cos(d * Math.PI)) : 0.0;
        }
    };

    private final double support;

    ResampleFilter(double support) {
        this.support = support;
    }

    /** Half the window's width, in output pixels when shrinking and in source pixels when enlarging. */
    double support() {
        return support;
    }

    /** The window's value at distance {@code x}. */
    abstract double weight(double x);

    /**
     * The filter of that number in Pillow.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static ResampleFilter ofPillow(int number) {
        if (number < 0 || number >= values().length) {
            throw new IllegalArgumentException("resample must be from 0 to 5, got " + number);
        }
        return values()[number];
    }

    private static double sinc(double x) {
        if (x == 0.0) {
            return 1.0;
        }
        double scaled = x * Math.PI;
        return Math.sin(scaled) / scaled;
    }
}
