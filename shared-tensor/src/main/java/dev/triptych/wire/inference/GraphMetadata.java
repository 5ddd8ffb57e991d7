package dev.triptych.wire.inference;

import java.util.List;

/**
 * What a model takes and gives, as {@code GET /v2/models/{model}} answers it.
 *
 * @param name the model's id
 * @param platform what runs it
 */
public record GraphMetadata(String name, String platform, List<Slot> inputs, List<Slot> outputs) {

    /** The protocol's name for graphs in ONNX Runtime. */
    public static final String ONNX = "onnxruntime_onnx";

    public GraphMetadata {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /**
     * An input or output.
     *
     * @param datatype such as {@code FP32}
     * @param shape extents; -1 where one is open
     */
    public record Slot(String name, String datatype, List<Long> shape) {

        public Slot {
            shape = List.copyOf(shape);
        }
    }
}
