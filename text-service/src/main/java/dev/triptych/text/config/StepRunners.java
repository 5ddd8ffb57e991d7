package dev.triptych.text.config;

import dev.triptych.text.decoding.speculative.Draft;
import dev.triptych.text.decoding.speculative.Lattice;
import dev.triptych.text.executor.CausalGraph;
import dev.triptych.text.executor.CausalStepExecutor;
import dev.triptych.text.executor.FusedGraphs;
import dev.triptych.text.executor.FusedStepExecutor;
import dev.triptych.text.executor.PlainGraphs;
import dev.triptych.text.executor.PlainStepExecutor;
import dev.triptych.text.generation.ParallelDecoders;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.kvcache.CohortKvCache;
import dev.triptych.text.kvcache.KvGeometry;
import dev.triptych.text.kvcache.SharedKvCache;
import dev.triptych.text.model.CausalModel;
import dev.triptych.text.model.CausalShape;
import dev.triptych.text.model.NatGraphs;
import dev.triptych.text.model.Seq2SeqModel;
import dev.triptych.text.model.Seq2SeqShape;
import dev.triptych.text.runtime.StepRunner;
import dev.triptych.text.step.DraftOpening;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Sets the graphs that decode token by token beside a cache of their kind. */
public final class StepRunners {

    private StepRunners() {}

    /** Fused graphs with caches that they append to in place, plain ones with caches for cohorts. */
    public static StepRunner<?> of(Seq2SeqModel model, long cacheBytes, LongSupplier nanoTime) {
        Seq2SeqShape shape = model.shape();
        KvGeometry geometry = new KvGeometry(shape.decoderLayers(), shape.headCount(), shape.headSize());
        return switch (model.graphs()) {
            case Seq2SeqModel.Plain graphs ->
                new StepRunner<>(
                        new CohortKvCache(geometry, cacheBytes), new PlainStepExecutor(plain(model, graphs), nanoTime));
            case Seq2SeqModel.Fused graphs ->
                new StepRunner<>(
                        new SharedKvCache(geometry, cacheBytes, graphs.step().memory()),
                        new FusedStepExecutor(fused(model, graphs), opening(model), nanoTime));
        };
    }

    static StepRunner<?> of(CausalModel model, long cacheBytes, LongSupplier nanoTime) {
        CausalShape shape = model.shape();
        CausalGraph graph = new CausalGraph(
                model.graph(),
                shape.layers(),
                shape.keyValueHeads(),
                shape.headSize(),
                shape.vocabSize(),
                model.rules().padTokenId());
        KvGeometry geometry = new KvGeometry(shape.layers(), shape.keyValueHeads(), shape.headSize(), false);
        return new StepRunner<>(new CohortKvCache(geometry, cacheBytes), new CausalStepExecutor(graph, nanoTime));
    }

    private static DraftOpening opening(Seq2SeqModel model) {
        int blank =
                model.nat().decoders().ctc().map(ParallelDecoders.Ctc::blank).orElse(-1);
        int end = model.rules().eosTokenIds().stream().findFirst().orElse(-1);
        return (frames, rows) -> new Draft(new Lattice(frames.ids(), frames.chances(), blank), end)
                .ahead(Strategy.Speculative.WINDOW, rows);
    }

    private static PlainGraphs plain(Seq2SeqModel model, Seq2SeqModel.Plain graphs) {
        Seq2SeqShape shape = model.shape();
        return new PlainGraphs(
                graphs.encoder(),
                graphs.firstStep(),
                graphs.nextStep(),
                shape.decoderLayers(),
                shape.hiddenSize(),
                shape.vocabSize(),
                model.rules().padTokenId(),
                model.rules().decoderStartTokenId());
    }

    private static FusedGraphs fused(Seq2SeqModel model, Seq2SeqModel.Fused graphs) {
        Seq2SeqShape shape = model.shape();
        return new FusedGraphs(
                graphs.encoder(),
                graphs.step(),
                shape.decoderLayers(),
                shape.headCount(),
                shape.headSize(),
                shape.vocabSize(),
                model.rules().padTokenId(),
                model.rules().decoderStartTokenId(),
                verifier(model));
    }

    private static Optional<FusedGraphs.Verifier> verifier(Seq2SeqModel model) {
        NatGraphs nat = model.nat();
        return nat.verify()
                .flatMap(verify -> nat.ctc()
                        .flatMap(ctc -> nat.decoders()
                                .ctc()
                                .map(decoder -> new FusedGraphs.Verifier(
                                        verify,
                                        ctc.decoder(),
                                        decoder.upsampling(),
                                        decoder.blank(),
                                        model.shape().hiddenSize()))));
    }
}
