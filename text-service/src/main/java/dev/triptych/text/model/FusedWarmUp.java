package dev.triptych.text.model;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.GraphNames.Attention;
import dev.triptych.engine.GraphNames.Part;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs fused graphs once, two rows and two steps: what would fail in the first request fails here, and the runtime's
 * buffers are there before it comes.
 */
final class FusedWarmUp {

    private static final int ROWS = 2;
    private static final int SOURCE = 3;
    private static final int CAPACITY = 4;

    private final Seq2SeqModel.Fused graphs;
    private final Seq2SeqShape shape;
    private final int startTokenId;

    FusedWarmUp(Seq2SeqModel.Fused graphs, Seq2SeqShape shape, int startTokenId) {
        this.graphs = graphs;
        this.shape = shape;
        this.startTokenId = startTokenId;
    }

    /**
     * Runs.
     *
     * @return what was not as it must be, in words; empty when all was
     */
    List<String> run() {
        try (Arena arena = Arena.ofConfined()) {
            NamedTensors inputs = new NamedTensors();
            NamedTensors outputs = new NamedTensors();
            encode(arena, inputs, outputs);
            bind(arena, inputs, outputs, Attention.SELF, CAPACITY);
            Tensor logits = Tensor.allocate(arena, DType.FLOAT32, Shape.of(ROWS, shape.vocabSize()));
            Tensor logProbs = Tensor.allocate(arena, DType.FLOAT32, Shape.of(ROWS));
            outputs.put(GraphNames.LOGITS, logits)
                    .put(GraphNames.BEST_IDS, Tensor.allocate(arena, DType.INT64, Shape.of(ROWS)))
                    .put(GraphNames.BEST_LOG_PROBS, logProbs);
            inputs.put(GraphNames.INPUT_IDS, ids(arena, 1, startTokenId))
                    .put(GraphNames.SOURCE_LENGTHS, lengths(arena, SOURCE));
            List<String> problems = new ArrayList<>();
            for (int past = 0; past < 2; past++) {
                inputs.put(GraphNames.PAST_LENGTHS, lengths(arena, past));
                graphs.step().run(inputs, outputs);
                check(logits, problems);
                check(logProbs, problems);
            }
            return problems;
        }
    }

    private void encode(Arena arena, NamedTensors inputs, NamedTensors outputs) {
        NamedTensors crossOutputs = new NamedTensors();
        bind(arena, inputs, outputs, Attention.CROSS, SOURCE);
        for (int layer = 0; layer < shape.decoderLayers(); layer++) {
            for (Part part : Part.values()) {
                String name = GraphNames.present(layer, Attention.CROSS, part);
                crossOutputs.put(name, outputs.get(name));
            }
        }
        NamedTensors source = new NamedTensors()
                .put(GraphNames.INPUT_IDS, ids(arena, SOURCE, startTokenId))
                .put(GraphNames.ATTENTION_MASK, ids(arena, SOURCE, 1));
        graphs.encoder().run(source, crossOutputs);
    }

    /** Buffers that are past and present at once. */
    private void bind(Arena arena, NamedTensors inputs, NamedTensors outputs, Attention attention, int length) {
        for (int layer = 0; layer < shape.decoderLayers(); layer++) {
            for (Part part : Part.values()) {
                Tensor buffer = Tensor.allocate(
                        arena, DType.FLOAT32, Shape.of(ROWS, shape.headCount(), length, shape.headSize()));
                inputs.put(GraphNames.past(layer, attention, part), buffer);
                outputs.put(GraphNames.present(layer, attention, part), buffer);
            }
        }
    }

    private static void check(Tensor tensor, List<String> problems) {
        for (long i = 0; i < tensor.shape().elementCount(); i++) {
            if (!Float.isFinite(tensor.getFloat(i))) {
                problems.add("fused_decoder_model gave " + tensor.getFloat(i) + " on a plain input");
                return;
            }
        }
    }

    private static Tensor ids(Arena arena, int width, long value) {
        Tensor tensor = Tensor.allocate(arena, DType.INT64, Shape.of(ROWS, width));
        for (int i = 0; i < ROWS * width; i++) {
            tensor.setLong(i, value);
        }
        return tensor;
    }

    private static Tensor lengths(Arena arena, int value) {
        Tensor tensor = Tensor.allocate(arena, DType.INT32, Shape.of(ROWS));
        for (int i = 0; i < ROWS; i++) {
            tensor.setInt(i, value);
        }
        return tensor;
    }
}
