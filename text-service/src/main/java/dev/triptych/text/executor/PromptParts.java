package dev.triptych.text.executor;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Tensor;
import java.util.stream.IntStream;

/** Keys and values between the parts of a long prompt: one part's present is the next one's past, so two sets take turns. */
final class PromptParts {

    private final CausalGraph graph;
    private final ScratchTensor[][] sets;
    private int turn;

    PromptParts(CausalGraph graph) {
        this.graph = graph;
        this.sets = new ScratchTensor[2][];
        for (int i = 0; i < sets.length; i++) {
            sets[i] = IntStream.range(0, 2 * graph.layers())
                    .mapToObj(tensor -> new ScratchTensor(DType.FLOAT32))
                    .toArray(ScratchTensor[]::new);
        }
    }

    /** Where a part writes, float32 {@code [rows, heads, length, headSize]} each; valid until the call after the next. */
    Tensor[] next(int rows, int length) {
        turn = 1 - turn;
        Tensor[] present = new Tensor[2 * graph.layers()];
        for (int i = 0; i < present.length; i++) {
            present[i] = sets[turn][i].view(rows, graph.keyValueHeads(), length, graph.headSize());
        }
        return present;
    }
}
