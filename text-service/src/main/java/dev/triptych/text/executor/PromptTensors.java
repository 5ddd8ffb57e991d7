package dev.triptych.text.executor;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Tensor;
import dev.triptych.tensor.mask.PaddingMask;
import java.util.List;

/** Packs prompts into the encoder's inputs, int64 {@code [rows, width]} ids and mask. */
final class PromptTensors {

    private final int padTokenId;
    private final ScratchTensor ids = new ScratchTensor(DType.INT64);
    private final ScratchTensor mask = new ScratchTensor(DType.INT64);
    private final NamedTensors inputs = new NamedTensors();

    PromptTensors(int padTokenId) {
        this.padTokenId = padTokenId;
    }

    /**
     * Inputs, valid until the next call.
     *
     * @param rows prompt ids
     * @param lengths tokens of each row, none more than {@code width}
     */
    NamedTensors pack(List<List<Integer>> rows, int[] lengths, int width) {
        Tensor idTensor = ids.view(rows.size(), width);
        for (int row = 0; row < lengths.length; row++) {
            List<Integer> prompt = rows.get(row);
            for (int position = 0; position < width; position++) {
                idTensor.setLong(
                        (long) row * width + position, position < lengths[row] ? prompt.get(position) : padTokenId);
            }
        }
        Tensor maskTensor = mask.view(rows.size(), width);
        PaddingMask.write(maskTensor, lengths);
        return inputs.put(GraphNames.INPUT_IDS, idTensor).put(GraphNames.ATTENTION_MASK, maskTensor);
    }
}
