package dev.triptych.text.model;

import dev.triptych.modelpackage.ModelCheck;
import java.util.OptionalDouble;

/**
 * How far apart two computations of the same numbers may be, in standard deviations of the numbers.
 *
 * <p>In floating point only the order of sums differs, which shows sooner in half precision. With integers a last-bit difference can tip a rounding, which is
 * a step of 1/127. With one scale for a whole run every rounding depends on whatever else is in the run: such a model
 * gets runs of its own, and what padding and neighbors would do to it is told, not asked for.
 *
 * @param same for one computation done in two ways
 * @param rowsIndependent whether rows share runs
 */
record CheckBounds(double same, boolean rowsIndependent) {

    private static final double FLOAT = 5e-4;
    private static final double HALF = 0.02;
    private static final double INTEGER = 0.05;
    private static final double ONE_SCALE = 1;

    static CheckBounds of(GraphArithmetic arithmetic) {
        if (!arithmetic.rowsIndependent()) {
            return new CheckBounds(ONE_SCALE, false);
        }
        double floating = arithmetic.half() ? HALF : FLOAT;
        return new CheckBounds(arithmetic.quantized() ? INTEGER : floating, true);
    }

    /** One computation done in two ways. */
    ModelCheck same(String name, double measured, String detail) {
        return ModelCheck.atMost(name, measured, same, detail);
    }

    /** A row with padding or other rows beside it. */
    ModelCheck beside(String name, double measured, String detail) {
        return rowsIndependent
                ? same(name, measured, detail)
                : new ModelCheck(
                        name,
                        true,
                        OptionalDouble.of(measured),
                        OptionalDouble.empty(),
                        "rows run alone and unpadded, since one scale serves all activations of a run");
    }
}
