package dev.triptych.text.generation;

/** Checks of parameters against their bounds, both inclusive. */
final class Bounds {

    private Bounds() {}

    static void within(String parameter, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    parameter,
                    most == Integer.MAX_VALUE
                            ? parameter + " must be at least " + least + ", got " + value
                            : parameter + " must be from " + least + " to " + most + ", got " + value);
        }
    }

    /** NaN is out of every bound. */
    static void finite(String parameter, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new ParameterException(
                    parameter, parameter + " must be from " + least + " to " + most + ", got " + value);
        }
    }
}
