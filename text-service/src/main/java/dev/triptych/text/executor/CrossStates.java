package dev.triptych.text.executor;

import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Keys and values of cross-attention between the pass that encodes and the one that reads them, kept behind the states of
 * their source:
 *
 * <pre>
 *   kept     states [length, hiddenSize] | layer 0: keys [heads, length, headSize] | values | layer 1: ...
 *   graphs   [rows, heads, longest of the rows, headSize] for each part
 * </pre>
 *
 * <p>Owned by one engine loop, on its thread.
 */
final class CrossStates {

    private final CacheNames names;
    private final ScratchTensor[] parts;
    private final int headCount;
    private final int headSize;
    private final int hiddenSize;

    CrossStates(ParallelGraphs.Scorer scorer, CacheNames names, int hiddenSize) {
        this.names = names;
        this.parts = new ScratchTensor[2 * scorer.layers()];
        Arrays.setAll(parts, part -> new ScratchTensor(DType.FLOAT32));
        this.headCount = scorer.headCount();
        this.headSize = scorer.headSize();
        this.hiddenSize = hiddenSize;
    }

    private Tensor part(int part, int rows, int width) {
        return parts[part].view(rows, headCount, width, headSize);
    }

    private static String name(int part, String[] keys, String[] values) {
        return part % 2 == 0 ? keys[part / 2] : values[part / 2];
    }

    /** Asks a run of the encoder for them. */
    void ask(NamedTensors outputs, int rows, int width) {
        for (int part = 0; part < parts.length; part++) {
            outputs.put(name(part, names.presentCrossKey, names.presentCrossValue), part(part, rows, width));
        }
    }

    /**
     * Keeps those of a row of the run.
     *
     * @param kept of {@code length} tokens, the states in front
     */
    void keep(int row, int rows, int width, Tensor kept) {
        int length = Math.toIntExact(kept.shape().dim(0));
        for (int part = 0; part < parts.length; part++) {
            Tensor from = part(part, rows, width);
            for (int head = 0; head < headCount; head++) {
                kept.copyFrom(
                        from,
                        ((long) row * headCount + head) * width * headSize,
                        place(part, head, length),
                        (long) length * headSize);
            }
        }
    }

    /** Where a head's numbers begin. */
    private long place(int part, int head, int length) {
        return (long) length * hiddenSize + ((long) part * headCount + head) * length * headSize;
    }

    /**
     * Hands them to a graph, padded with zeros.
     *
     * @param kept one for each row
     */
    void give(List<Tensor> kept, int width, NamedTensors inputs) {
        for (int part = 0; part < parts.length; part++) {
            Tensor to = part(part, kept.size(), width);
            for (int row = 0; row < kept.size(); row++) {
                int length = Math.toIntExact(kept.get(row).shape().dim(0));
                for (int head = 0; head < headCount; head++) {
                    long start = ((long) row * headCount + head) * width * headSize;
                    long count = (long) length * headSize;
                    to.copyFrom(kept.get(row), place(part, head, length), start, count);
                    to.zero(start + count, (long) (width - length) * headSize);
                }
            }
            inputs.put(name(part, names.pastCrossKey, names.pastCrossValue), to);
        }
    }
}
