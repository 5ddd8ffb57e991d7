package dev.triptych.text.executor;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Drafts outputs from the encoder states that a run for cross-attention gives beside its keys and values. */
final class Drafting {

    private final FusedGraphs.Verifier graphs;
    private final CtcDrafter drafter;
    private final ScratchTensor hidden = new ScratchTensor(DType.FLOAT32);

    Drafting(FusedGraphs.Verifier graphs, int vocabSize) {
        this.graphs = graphs;
        this.drafter = new CtcDrafter(graphs.ctc(), graphs.upsampling(), vocabSize);
    }

    /** Asks a run of the encoder for its states. */
    Tensor states(NamedTensors outputs, int rows, int width) {
        Tensor states = hidden.view(rows, width, graphs.hiddenSize());
        outputs.put(GraphNames.LAST_HIDDEN_STATE, states);
        return states;
    }

    /**
     * The likeliest path of each row without repeats and blanks.
     *
     * @param states of {@link #states}, float32 {@code [rows, width, hiddenSize]}
     * @param mask which positions hold tokens, int64 {@code [rows, width]}
     * @param lengths tokens of each row
     */
    List<List<Integer>> draft(Tensor states, Tensor mask, int[] lengths) {
        Tensor path = drafter.draft(states, mask, false).ids();
        long frames = path.shape().dim(1);
        List<List<Integer>> drafts = new ArrayList<>(lengths.length);
        for (int row = 0; row < lengths.length; row++) {
            List<Integer> draft = new ArrayList<>();
            int before = graphs.blank();
            for (int frame = 0; frame < lengths[row] * graphs.upsampling(); frame++) {
                int token = Math.toIntExact(path.getLong(row * frames + frame));
                if (token != before && token != graphs.blank()) {
                    draft.add(token);
                }
                before = token;
            }
            drafts.add(draft);
        }
        return drafts;
    }
}
