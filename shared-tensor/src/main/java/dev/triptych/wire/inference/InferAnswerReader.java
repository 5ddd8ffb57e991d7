package dev.triptych.wire.inference;

import dev.triptych.wire.WireJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Reads an answer whose outputs are all raw bytes, as {@link InferRequestWriter} asks for. */
public final class InferAnswerReader {

    private InferAnswerReader() {}

    /**
     * The answer in a body.
     *
     * @throws IllegalArgumentException if it is none, which is the service's fault
     */
    public static InferAnswer read(byte[] body, int jsonLength) {
        try {
            JsonNode json = WireJson.mapper().readTree(body, 0, Math.min(jsonLength, body.length));
            int position = jsonLength;
            List<InferTensor> outputs = new ArrayList<>();
            for (JsonNode output : json.required("outputs")) {
                int size = output.required("parameters")
                        .required("binary_data_size")
                        .intValue();
                if (size < 0 || size > body.length - position) {
                    throw new IllegalArgumentException(
                            "an output of " + size + " bytes is longer than the body, which has " + body.length);
                }
                outputs.add(new InferTensor(
                        output.required("name").stringValue(),
                        TensorType.valueOf(output.required("datatype").stringValue()),
                        output.required("shape")
                                .valueStream()
                                .map(JsonNode::longValue)
                                .toList(),
                        Arrays.copyOfRange(body, position, position + size)));
                position += size;
            }
            return new InferAnswer(
                    json.required("model_name").stringValue(),
                    Optional.ofNullable(json.get("id")).map(JsonNode::stringValue),
                    outputs);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the answer cannot be read: " + e.getOriginalMessage(), e);
        }
    }
}
