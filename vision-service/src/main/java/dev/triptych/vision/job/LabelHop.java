package dev.triptych.vision.job;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.wire.ChainCall;
import dev.triptych.wire.ChainHop;
import dev.triptych.wire.ClassificationResult;
import dev.triptych.wire.ClassificationResult.Label;
import dev.triptych.wire.TensorWire;
import java.lang.foreign.Arena;
import java.util.Base64;
import java.util.List;

/** The labels of a picture as a hop: the names as texts, their scores as a tensor. */
final class LabelHop {

    private LabelHop() {}

    /** The tensor is float32 {@code [labels]}. */
    static ChainHop of(ClassificationResult result) {
        List<Label> labels = result.labels();
        try (Arena arena = Arena.ofConfined()) {
            Tensor scores = Tensor.allocate(arena, DType.FLOAT32, Shape.of(labels.size()));
            for (int i = 0; i < labels.size(); i++) {
                scores.setFloat(i, (float) labels.get(i).score());
            }
            return new ChainHop(
                    ChainCall.CLASSIFY.call(),
                    result.model(),
                    labels.stream().map(Label::label).toList(),
                    Base64.getEncoder().encodeToString(TensorWire.write(scores)));
        }
    }
}
