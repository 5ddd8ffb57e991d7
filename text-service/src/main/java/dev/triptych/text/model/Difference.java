package dev.triptych.text.model;

/**
 * How far two rows of numbers are apart, in units of the reference's spread: what counts as much depends on the model's
 * scale.
 */
final class Difference {

    private double largest;

    /**
     * The largest difference over the reference's standard deviation; NaN where a number is not finite.
     *
     * @param actual as many numbers as {@code reference}
     */
    static double relative(float[] actual, float[] reference) {
        double sum = 0;
        double squares = 0;
        double far = 0;
        for (int i = 0; i < reference.length; i++) {
            sum += reference[i];
            squares += (double) reference[i] * reference[i];
            double apart = Math.abs((double) actual[i] - reference[i]);
            if (!Double.isFinite(apart)) {
                return Double.NaN;
            }
            far = Math.max(far, apart);
        }
        double mean = sum / reference.length;
        double spread = Math.sqrt(Math.max(0, squares / reference.length - mean * mean));
        return far == 0 ? 0 : far / spread;
    }

    /** Takes another comparison into account; NaN stays. */
    Difference add(float[] actual, float[] reference) {
        double apart = relative(actual, reference);
        largest = Double.isNaN(largest) || Double.isNaN(apart) ? Double.NaN : Math.max(largest, apart);
        return this;
    }

    double largest() {
        return largest;
    }
}
