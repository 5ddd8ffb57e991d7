package dev.triptych.text.model;

import dev.triptych.engine.ModelSession;
import dev.triptych.text.generation.ParallelDecoders;
import java.util.Optional;

/**
 * The non-autoregressive decoders that a package has over its encoder.
 *
 * @param ctc the graphs of connectionist temporal classification
 * @param maskPredict the graphs of iterative refinement
 * @param verify the graph that verifies drafts
 * @param decoders what {@code triptych.json} says of them
 */
public record NatGraphs(
        Optional<Ctc> ctc, Optional<MaskPredict> maskPredict, Optional<ModelSession> verify, ParallelDecoders decoders)
        implements AutoCloseable {

    /** Of a package that has none. */
    public static final NatGraphs NONE =
            new NatGraphs(Optional.empty(), Optional.empty(), Optional.empty(), ParallelDecoders.NONE);

    /**
     * @param decoder states to scores of every frame
     * @param encoder ids to the states of one-pass decoding, where that does not read those of the model's encoder; drafts
     *     always do
     */
    public record Ctc(ModelSession decoder, Optional<ModelSession> encoder) {}

    /**
     * @param decoder masked outputs to scores of every place
     * @param length states to scores of lengths
     */
    public record MaskPredict(ModelSession decoder, ModelSession length) {}

    @Override
    public void close() {
        ctc.ifPresent(graphs -> {
            graphs.decoder().close();
            graphs.encoder().ifPresent(ModelSession::close);
        });
        maskPredict.ifPresent(graphs -> {
            graphs.decoder().close();
            graphs.length().close();
        });
        verify.ifPresent(ModelSession::close);
    }
}
