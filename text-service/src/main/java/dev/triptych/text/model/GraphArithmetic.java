package dev.triptych.text.model;

import java.util.Set;

/**
 * How a graph calculates, as far as it decides how exactly two runs can agree.
 *
 * @param quantized whether weights or activations are integers
 * @param half whether they are of half precision
 * @param rowsIndependent whether a row's result does not depend on the rows beside it: one scale for all activations of
 *     a run makes it depend
 */
record GraphArithmetic(boolean quantized, boolean half, boolean rowsIndependent) {

    private static final Set<String> ONE_SCALE =
            Set.of("DynamicQuantizeLinear", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM");
    private static final Set<String> INTEGERS = Set.of(
            "MatMulNBits",
            "MatMulInteger",
            "MatMulIntegerToFloat",
            "QLinearMatMul",
            "QGemm",
            "DequantizeLinear",
            "QAttention");

    /** @param half whether any of the graphs says so in its name, which the operators do not tell */
    static GraphArithmetic of(Set<String> operators, boolean half) {
        boolean oneScale = operators.stream().anyMatch(ONE_SCALE::contains);
        return new GraphArithmetic(oneScale || operators.stream().anyMatch(INTEGERS::contains), half, !oneScale);
    }
}
