package dev.triptych.text.executor;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** Encodes prompts to the states that non-autoregressive decoders read. Owned by one engine loop, on its thread. */
final class StateEncoder {

    private final ModelSession encoder;
    private final int hiddenSize;
    private final PromptTensors prompts;
    private final ScratchTensor hidden = new ScratchTensor(DType.FLOAT32);
    private final NamedTensors outputs = new NamedTensors();

    StateEncoder(ModelSession encoder, int hiddenSize, int padTokenId) {
        this.encoder = encoder;
        this.hiddenSize = hiddenSize;
        this.prompts = new PromptTensors(padTokenId);
    }

    /**
     * Encoded prompts; valid until the next call.
     *
     * @param hidden float32 {@code [rows, width, hiddenSize]}; anything in the padding
     * @param mask which positions hold tokens, int64 {@code [rows, width]}
     */
    record States(Tensor hidden, Tensor mask) {}

    /** @param promptIds in one run, padded to the longest of them */
    States encode(List<List<Integer>> promptIds) {
        return encode(promptIds, Optional.empty());
    }

    /** @param cross takes what the run gives for cross-attention, where that is wanted */
    States encode(List<List<Integer>> promptIds, Optional<CrossStates> cross) {
        int[] lengths = promptIds.stream().mapToInt(List::size).toArray();
        int width = promptIds.stream().mapToInt(List::size).max().orElseThrow();
        NamedTensors inputs = prompts.pack(promptIds, lengths, width);
        Tensor states = hidden.view(lengths.length, width, hiddenSize);
        outputs.clear();
        outputs.put(GraphNames.LAST_HIDDEN_STATE, states);
        cross.ifPresent(parts -> parts.ask(outputs, lengths.length, width));
        encoder.run(inputs, outputs);
        return new States(states, inputs.get(GraphNames.ATTENTION_MASK));
    }
}
