package dev.triptych.text.executor;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Tensor;
import java.util.Objects;

/** Scores how long outputs of encoded sources are. Owned by one engine loop, on its thread. */
final class LengthPredictor {

    private final ModelSession predictor;
    private final long classes;
    private final ScratchTensor logits = new ScratchTensor(DType.FLOAT32);
    private final NamedTensors inputs = new NamedTensors();
    private final NamedTensors outputs = new NamedTensors();

    LengthPredictor(ModelSession predictor) {
        this.predictor = predictor;
        this.classes = Objects.requireNonNull(predictor.signature().outputs().get(GraphNames.LENGTH_LOGITS))
                .dims()
                .get(1);
    }

    /** Scores of the lengths from 0 on, float32 {@code [rows, lengths]}; valid until the next call. */
    Tensor predict(Tensor hidden, Tensor mask) {
        Tensor scores = logits.view(hidden.shape().dim(0), classes);
        inputs.put(GraphNames.ENCODER_HIDDEN_STATES, hidden).put(GraphNames.ENCODER_ATTENTION_MASK, mask);
        outputs.put(GraphNames.LENGTH_LOGITS, scores);
        predictor.run(inputs, outputs);
        return scores;
    }
}
