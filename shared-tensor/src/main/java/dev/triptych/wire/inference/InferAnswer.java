package dev.triptych.wire.inference;

import java.util.List;
import java.util.Optional;

/**
 * What a graph gave.
 *
 * @param model its id
 * @param id the request's, where it had one
 * @param outputs in the order asked for
 */
public record InferAnswer(String model, Optional<String> id, List<InferTensor> outputs) {

    public InferAnswer {
        outputs = List.copyOf(outputs);
    }
}
