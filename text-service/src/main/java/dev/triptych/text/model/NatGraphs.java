package dev.triptych.text.model;

import dev.triptych.engine.ModelSession;
import dev.triptych.text.generation.ParallelDecoders;
import java.util.Optional;

/**
 * The non-autoregressive decoders that a package has over its encoder.
 *
 * @param ctc the graph of connectionist temporal classification
 * @param decoders what {@code triptych.json} says of them
 */
public record NatGraphs(Optional<ModelSession> ctc, ParallelDecoders decoders) implements AutoCloseable {

    /** Of a package that has none. */
    public static final NatGraphs NONE = new NatGraphs(Optional.empty(), ParallelDecoders.NONE);

    @Override
    public void close() {
        ctc.ifPresent(ModelSession::close);
    }
}
