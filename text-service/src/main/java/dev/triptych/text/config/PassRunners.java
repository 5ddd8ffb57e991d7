package dev.triptych.text.config;

import dev.triptych.text.executor.ParallelGraphs;
import dev.triptych.text.executor.ParallelPassExecutor;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.kvcache.SourceStates;
import dev.triptych.text.model.NatGraphs;
import dev.triptych.text.model.Seq2SeqModel;
import dev.triptych.text.runtime.PassRunner;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Sets the graphs of non-autoregressive decoders beside the memory for what they refine. */
final class PassRunners {

    private PassRunners() {}

    /**
     * @param most sequences of one priority that may run at once
     */
    static PassRunner of(Seq2SeqModel model, int most, LongSupplier nanoTime) {
        NatGraphs nat = model.nat();
        ParallelGraphs graphs = new ParallelGraphs(
                model.graphs().encoder(),
                nat.ctc()
                        .map(ctc -> new ParallelGraphs.Ctc(
                                ctc.encoder().orElse(model.graphs().encoder()),
                                ctc.decoder(),
                                nat.decoders().ctc().orElseThrow().upsampling())),
                nat.maskPredict().map(session -> new ParallelGraphs.MaskPredict(session.decoder(), session.length())),
                scorer(model),
                model.shape().hiddenSize(),
                model.shape().vocabSize(),
                model.rules().padTokenId());
        int rows = Priority.values().length * most;
        SourceStates states = new SourceStates(
                model.shape().hiddenSize()
                        + graphs.scorer().map(ParallelGraphs.Scorer::crossSize).orElse(0),
                rows,
                model.shape().maxPositions());
        return new PassRunner(nat.decoders(), states, new ParallelPassExecutor(graphs, nanoTime));
    }

    private static Optional<ParallelGraphs.Scorer> scorer(Seq2SeqModel model) {
        return model.nat()
                .verify()
                .filter(verify -> model.nat().decoders().scoring())
                .map(verify -> new ParallelGraphs.Scorer(
                        verify,
                        model.shape().decoderLayers(),
                        model.shape().headCount(),
                        model.shape().headSize(),
                        model.rules().decoderStartTokenId()));
    }
}
