package dev.triptych.modelpackage;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * One property that a model must have, and how it fared.
 *
 * @param name stable, such as {@code causality}
 * @param passed whether the model has it
 * @param measured the largest difference seen, where the property is one of numbers
 * @param bound what was allowed
 * @param detail what was compared, or what does not fit
 */
public record ModelCheck(String name, boolean passed, OptionalDouble measured, OptionalDouble bound, String detail) {

    /** A property that holds or not. */
    public static ModelCheck of(String name, boolean passed, String detail) {
        return new ModelCheck(name, passed, OptionalDouble.empty(), OptionalDouble.empty(), detail);
    }

    /** A difference that must not be larger than {@code bound}; NaN is. */
    public static ModelCheck atMost(String name, double measured, double bound, String detail) {
        return new ModelCheck(name, measured <= bound, OptionalDouble.of(measured), OptionalDouble.of(bound), detail);
    }

    /** A difference that must be larger than {@code bound}. */
    public static ModelCheck moreThan(String name, double measured, double bound, String detail) {
        return new ModelCheck(name, measured > bound, OptionalDouble.of(measured), OptionalDouble.of(bound), detail);
    }

    /** The check in one line. */
    @Override
    public String toString() {
        return measured.isPresent() && bound.isPresent()
                ? String.format(
                        Locale.ROOT,
                        "%s: %s; measured %.3g, bound %.3g",
                        name,
                        detail,
                        measured.getAsDouble(),
                        bound.getAsDouble())
                : name + ": " + detail;
    }
}
