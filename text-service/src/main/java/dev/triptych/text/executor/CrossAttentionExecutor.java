package dev.triptych.text.executor;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.text.generation.AttentionOutcome;
import dev.triptych.text.step.PairExecutor;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Runs the graph that gives cross-attention's weights (Vaswani et al. 2017, arXiv:1706.03762), one pair at a time. Owns
 * its session.
 *
 * <pre>
 *   decoder reads:  start  t0  t1       row i of the weights is what the decoder looked at
 *   and says:        t0    t1  t2       when it said token i
 * </pre>
 */
public final class CrossAttentionExecutor implements PairExecutor {

    private final ModelSession session;
    private final int layers;
    private final int startTokenId;

    /**
     * @param session closed with this
     * @param layers of the decoder
     * @param startTokenId the decoder's first input
     */
    public CrossAttentionExecutor(ModelSession session, int layers, int startTokenId) {
        this.session = session;
        this.layers = layers;
        this.startTokenId = startTokenId;
    }

    @Override
    public AttentionOutcome attend(List<Integer> source, List<Integer> target) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor ids = Tensor.allocate(arena, DType.INT64, Shape.of(1, source.size()));
            Tensor mask = Tensor.allocate(arena, DType.INT64, Shape.of(1, source.size()));
            for (int i = 0; i < source.size(); i++) {
                ids.setLong(i, source.get(i));
                mask.setLong(i, 1);
            }
            Tensor read = Tensor.allocate(arena, DType.INT64, Shape.of(1, target.size()));
            read.setLong(0, startTokenId);
            for (int i = 1; i < target.size(); i++) {
                read.setLong(i, target.get(i - 1));
            }
            NamedTensors inputs = new NamedTensors()
                    .put(GraphNames.INPUT_IDS, ids)
                    .put(GraphNames.ATTENTION_MASK, mask)
                    .put(GraphNames.DECODER_INPUT_IDS, read);
            Set<String> wanted = IntStream.range(0, layers)
                    .mapToObj(GraphNames::crossAttention)
                    .collect(Collectors.toSet());
            NamedTensors outputs = session.run(inputs, wanted);
            float[][] values = new float[layers][];
            int heads = 0;
            for (int layer = 0; layer < layers; layer++) {
                Tensor weights = outputs.get(GraphNames.crossAttention(layer));
                heads = Math.toIntExact(weights.shape().dim(1));
                values[layer] = new float[Math.toIntExact(weights.shape().elementCount())];
                weights.copyFloats(0, values[layer], 0, values[layer].length);
            }
            return new AttentionOutcome.Weights(layers, heads, target.size(), source.size(), values);
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
