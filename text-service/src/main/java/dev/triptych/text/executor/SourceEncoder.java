package dev.triptych.text.executor;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Tensor;
import dev.triptych.text.step.StepRow;
import java.util.Arrays;
import java.util.List;

/**
 * Encodes the prompts of a new cohort. The rows of the cohort share one padded length, but the encoder, which is the
 * deeper part of the model, runs over batches of like length so that little of its time goes into padding:
 *
 * <pre>
 *   rows by length   ab··|          encoder runs   [ab, cde·]  [fghij]
 *                    cde·|    ==>
 *                    fghij           hidden states  [rows, length of the longest, hiddenSize], zero in the padding
 * </pre>
 */
final class SourceEncoder {

    private final PlainGraphs graphs;
    private final PromptTensors prompts;
    private final ScratchTensor part = new ScratchTensor(DType.FLOAT32);
    private final ScratchTensor hidden = new ScratchTensor(DType.FLOAT32);
    private final NamedTensors outputs = new NamedTensors();

    SourceEncoder(PlainGraphs graphs) {
        this.graphs = graphs;
        this.prompts = new PromptTensors(graphs.padTokenId());
    }

    /**
     * Hidden states.
     *
     * @param rows shortest prompt first
     * @return valid until the next call
     */
    Encoded encode(List<StepRow.Prefill> rows) {
        int[] lengths = rows.stream().mapToInt(row -> row.promptIds().size()).toArray();
        int width = lengths[lengths.length - 1];
        Tensor all = hidden.view(rows.size(), width, graphs.hiddenSize());
        int padded = 0;
        int from = 0;
        for (int to : LengthBuckets.split(lengths)) {
            int partWidth = lengths[to - 1];
            Tensor encoded = run(rows.subList(from, to), Arrays.copyOfRange(lengths, from, to), partWidth);
            spread(encoded, all, from, Arrays.copyOfRange(lengths, from, to));
            padded += (to - from) * partWidth;
            from = to;
        }
        return new Encoded(all, lengths, padded);
    }

    private Tensor run(List<StepRow.Prefill> rows, int[] lengths, int width) {
        Tensor encoded = part.view(rows.size(), width, graphs.hiddenSize());
        outputs.put(GraphNames.LAST_HIDDEN_STATE, encoded);
        graphs.encoder()
                .run(prompts.pack(rows.stream().map(StepRow.Prefill::promptIds).toList(), lengths, width), outputs);
        return encoded;
    }

    /** Copies rows to their place in the wider tensor. Padding becomes zero: masked, but never NaN from old bytes. */
    private void spread(Tensor encoded, Tensor all, int firstRow, int[] lengths) {
        long partWidth = encoded.shape().dim(1);
        long width = all.shape().dim(1);
        long size = graphs.hiddenSize();
        for (int row = 0; row < lengths.length; row++) {
            long target = (firstRow + row) * width * size;
            all.copyFrom(encoded, row * partWidth * size, target, lengths[row] * size);
            all.zero(target + lengths[row] * size, (width - lengths[row]) * size);
        }
    }

    /**
     * Encoded prompts.
     *
     * @param hidden float32 {@code [rows, length, hiddenSize]}
     * @param lengths tokens of each row, {@code [rows]}
     * @param paddedTokens positions that the encoder ran over
     */
    record Encoded(Tensor hidden, int[] lengths, int paddedTokens) {}
}
