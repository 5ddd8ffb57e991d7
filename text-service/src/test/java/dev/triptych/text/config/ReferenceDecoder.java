package dev.triptych.text.config;

import dev.triptych.engine.GraphNames;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.tensor.math.Logits;
import dev.triptych.text.model.Seq2SeqModel;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Greedy decoding in its plainest form: one row, no cache, everything computed again for every token. */
final class ReferenceDecoder {

    private ReferenceDecoder() {}

    static List<Integer> greedy(Seq2SeqModel model, List<Integer> prompt, int maxNewTokens) {
        Seq2SeqModel.Plain graphs = (Seq2SeqModel.Plain) model.graphs();
        Tensor source = row(prompt);
        Tensor mask = row(prompt.stream().map(id -> 1).toList());
        NamedTensors encoder =
                new NamedTensors().put(GraphNames.INPUT_IDS, source).put(GraphNames.ATTENTION_MASK, mask);
        Tensor hidden = graphs.encoder().run(encoder, Set.of()).get(GraphNames.LAST_HIDDEN_STATE);
        List<Integer> ids = new ArrayList<>(List.of(model.rules().decoderStartTokenId()));
        while (ids.size() <= maxNewTokens) {
            NamedTensors decoder = new NamedTensors()
                    .put(GraphNames.ENCODER_ATTENTION_MASK, mask)
                    .put(GraphNames.INPUT_IDS, row(ids))
                    .put(GraphNames.ENCODER_HIDDEN_STATES, hidden);
            Tensor logits =
                    graphs.firstStep().run(decoder, Set.of(GraphNames.LOGITS)).get(GraphNames.LOGITS);
            float[] last = new float[model.shape().vocabSize()];
            logits.copyFloats((long) (ids.size() - 1) * last.length, last, 0, last.length);
            ids.add(Logits.argMax(last, 0, last.length));
            if (model.rules().eosTokenIds().contains(ids.getLast())) {
                break;
            }
        }
        return ids.subList(1, ids.size());
    }

    /** The log-prob of each token of an output. */
    static List<Double> logProbs(Seq2SeqModel model, List<Integer> prompt, List<Integer> output) {
        Seq2SeqModel.Plain graphs = (Seq2SeqModel.Plain) model.graphs();
        Tensor mask = row(prompt.stream().map(id -> 1).toList());
        NamedTensors encoder =
                new NamedTensors().put(GraphNames.INPUT_IDS, row(prompt)).put(GraphNames.ATTENTION_MASK, mask);
        List<Integer> read = new ArrayList<>(List.of(model.rules().decoderStartTokenId()));
        read.addAll(output.subList(0, output.size() - 1));
        NamedTensors decoder = new NamedTensors()
                .put(GraphNames.ENCODER_ATTENTION_MASK, mask)
                .put(GraphNames.INPUT_IDS, row(read))
                .put(
                        GraphNames.ENCODER_HIDDEN_STATES,
                        graphs.encoder().run(encoder, Set.of()).get(GraphNames.LAST_HIDDEN_STATE));
        Tensor logits =
                graphs.firstStep().run(decoder, Set.of(GraphNames.LOGITS)).get(GraphNames.LOGITS);
        float[] place = new float[model.shape().vocabSize()];
        List<Double> logProbs = new ArrayList<>();
        for (int i = 0; i < output.size(); i++) {
            logits.copyFloats((long) i * place.length, place, 0, place.length);
            double sum = 0;
            for (float logit : place) {
                sum += Math.exp(logit);
            }
            logProbs.add(place[output.get(i)] - Math.log(sum));
        }
        return logProbs;
    }

    private static Tensor row(List<Integer> ids) {
        Tensor tensor = Tensor.allocate(Arena.ofAuto(), DType.INT64, Shape.of(1, ids.size()));
        for (int i = 0; i < ids.size(); i++) {
            tensor.setLong(i, ids.get(i));
        }
        return tensor;
    }
}
