package dev.triptych.wire.inference;

import java.util.List;
import java.util.Optional;

/**
 * What is asked of a graph.
 *
 * @param id the client's own, given back with the answer
 * @param inputs by the graph's names
 * @param outputs those that are wanted; empty: all
 * @param binary whether outputs that say nothing of it themselves come as raw bytes
 */
public record InferRequest(Optional<String> id, List<InferTensor> inputs, List<WantedOutput> outputs, boolean binary) {

    public InferRequest {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /**
     * An output that is wanted.
     *
     * @param binary whether it comes as raw bytes behind the JSON
     */
    public record WantedOutput(String name, boolean binary) {}

    /** Whether that output comes as raw bytes. */
    public boolean isBinary(String output) {
        return outputs.stream()
                .filter(wanted -> wanted.name().equals(output))
                .findFirst()
                .map(WantedOutput::binary)
                .orElse(binary);
    }
}
