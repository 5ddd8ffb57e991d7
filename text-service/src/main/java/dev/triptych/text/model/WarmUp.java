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
import java.util.Set;

/**
 * Runs a model once through all of its graphs, two rows and two steps: what would fail in the first request fails here,
 * and the runtime's buffers are there before it comes.
 */
final class WarmUp {

    private static final int ROWS = 2;
    private static final int SOURCE = 3;

    private final Seq2SeqModel.Plain graphs;
    private final Seq2SeqShape shape;
    private final int startTokenId;
    private final List<String> problems = new ArrayList<>();

    WarmUp(Seq2SeqModel.Plain graphs, Seq2SeqShape shape, int startTokenId) {
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
            Tensor ids = filled(arena, SOURCE, startTokenId);
            Tensor mask = filled(arena, SOURCE, 1);
            Tensor start = filled(arena, 1, startTokenId);
            NamedTensors source =
                    new NamedTensors().put(GraphNames.INPUT_IDS, ids).put(GraphNames.ATTENTION_MASK, mask);
            Tensor hidden = graphs.encoder().run(source, Set.of()).get(GraphNames.LAST_HIDDEN_STATE);
            check("encoder_model", hidden, Shape.of(ROWS, SOURCE, shape.hiddenSize()));
            decode(mask, start, hidden);
        }
        return problems;
    }

    private void decode(Tensor mask, Tensor start, Tensor hidden) {
        NamedTensors first = new NamedTensors()
                .put(GraphNames.ENCODER_ATTENTION_MASK, mask)
                .put(GraphNames.INPUT_IDS, start)
                .put(GraphNames.ENCODER_HIDDEN_STATES, hidden);
        NamedTensors past = graphs.firstStep().run(first, Set.of());
        check("decoder_model", past.get(GraphNames.LOGITS), Shape.of(ROWS, 1, shape.vocabSize()));
        NamedTensors next =
                new NamedTensors().put(GraphNames.ENCODER_ATTENTION_MASK, mask).put(GraphNames.INPUT_IDS, start);
        for (int layer = 0; layer < shape.decoderLayers(); layer++) {
            for (Attention attention : Attention.values()) {
                for (Part part : Part.values()) {
                    next.put(
                            GraphNames.past(layer, attention, part),
                            past.get(GraphNames.present(layer, attention, part)));
                }
            }
        }
        NamedTensors present = graphs.nextStep().run(next, Set.of());
        check("decoder_with_past_model", present.get(GraphNames.LOGITS), Shape.of(ROWS, 1, shape.vocabSize()));
        check(
                "decoder_with_past_model",
                present.get(GraphNames.present(0, Attention.SELF, Part.KEY)),
                Shape.of(ROWS, shape.headCount(), 2, shape.headSize()));
    }

    private void check(String graph, Tensor tensor, Shape expected) {
        if (!tensor.shape().equals(expected)) {
            problems.add(graph + " gave a tensor of " + tensor.shape() + " where " + expected + " belongs");
            return;
        }
        for (long i = 0; i < expected.elementCount(); i++) {
            if (!Float.isFinite(tensor.getFloat(i))) {
                problems.add(graph + " gave " + tensor.getFloat(i) + " on a plain input");
                return;
            }
        }
    }

    private static Tensor filled(Arena arena, int width, long value) {
        Tensor tensor = Tensor.allocate(arena, DType.INT64, Shape.of(ROWS, width));
        for (int i = 0; i < ROWS * width; i++) {
            tensor.setLong(i, value);
        }
        return tensor;
    }
}
