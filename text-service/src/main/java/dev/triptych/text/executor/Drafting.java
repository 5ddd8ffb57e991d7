package dev.triptych.text.executor;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Tensor;
import dev.triptych.text.step.DraftFrames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Drafts outputs from the encoder states that a run for cross-attention gives beside its keys and values. */
final class Drafting {

    /** Tokens of a frame that are kept at most, and the least likely of them. */
    private static final int KEPT = 6;

    private static final double LEAST_CHANCE = 1e-4;

    private final FusedGraphs.Verifier graphs;
    private final CtcDrafter drafter;
    private final ScratchTensor hidden = new ScratchTensor(DType.FLOAT32);
    private final float[] logits;
    private final int[] ids = new int[KEPT];
    private final float[] best = new float[KEPT];

    Drafting(FusedGraphs.Verifier graphs, int vocabSize) {
        this.graphs = graphs;
        this.drafter = new CtcDrafter(graphs.ctc(), graphs.upsampling(), vocabSize);
        this.logits = new float[vocabSize];
    }

    /** Asks a run of the encoder for its states. */
    Tensor states(NamedTensors outputs, int rows, int width) {
        Tensor states = hidden.view(rows, width, graphs.hiddenSize());
        outputs.put(GraphNames.LAST_HIDDEN_STATE, states);
        return states;
    }

    /**
     * What each frame of every row may say.
     *
     * @param states of {@link #states}, float32 {@code [rows, width, hiddenSize]}
     * @param mask which positions hold tokens, int64 {@code [rows, width]}
     * @param lengths tokens of each row
     */
    List<DraftFrames> draft(Tensor states, Tensor mask, int[] lengths) {
        CtcDrafter.Frames frames = drafter.draft(states, mask, true);
        int width = Math.toIntExact(frames.ids().shape().dim(1));
        List<DraftFrames> drafts = new ArrayList<>(lengths.length);
        for (int row = 0; row < lengths.length; row++) {
            int count = lengths[row] * graphs.upsampling();
            int[][] tokens = new int[count][];
            float[][] chances = new float[count][];
            for (int frame = 0; frame < count; frame++) {
                int kept = likely(frames, row * width + frame);
                tokens[frame] = Arrays.copyOf(ids, kept);
                chances[frame] = Arrays.copyOf(best, kept);
            }
            drafts.add(new DraftFrames(tokens, chances));
        }
        return drafts;
    }

    /** Collects a frame's likely tokens with their probabilities; how many there are. */
    private int likely(CtcDrafter.Frames frames, int place) {
        frames.logits().copyFloats((long) place * logits.length, logits, 0, logits.length);
        float highest = logits[Math.toIntExact(frames.ids().getLong(place))];
        float sum = highest - frames.logProbs().getFloat(place);
        float least = sum + (float) Math.log(LEAST_CHANCE);
        int kept = 0;
        for (int token = 0; token < logits.length; token++) {
            if (logits[token] > least) {
                kept = insert(token, logits[token], kept);
                if (kept == KEPT) {
                    least = best[KEPT - 1];
                }
            }
        }
        for (int i = 0; i < kept; i++) {
            best[i] = (float) Math.exp(best[i] - sum);
        }
        return kept;
    }

    private int insert(int token, float logit, int kept) {
        int at = Math.min(kept, KEPT - 1);
        while (at > 0 && best[at - 1] < logit) {
            best[at] = best[at - 1];
            ids[at] = ids[at - 1];
            at--;
        }
        best[at] = logit;
        ids[at] = token;
        return Math.min(kept + 1, KEPT);
    }
}
