package dev.triptych.wire.inference;

import dev.triptych.wire.WireJson;
import java.io.ByteArrayOutputStream;
import java.util.OptionalInt;
import java.util.function.Predicate;
import tools.jackson.core.JsonGenerator;

/** Writes an answer as a body: outputs in the JSON, or as raw bytes behind it. */
public final class InferAnswerWriter {

    /** As text a number takes up to three times its bytes; larger outputs are for the raw form. */
    private static final int MAX_JSON_ELEMENTS = 1 << 20;

    private InferAnswerWriter() {}

    /**
     * The body of an answer.
     *
     * @param binary which outputs come as raw bytes, by name
     * @throws dev.triptych.wire.TriptychException.Rejected if an output cannot be JSON, or is too large for it
     */
    public static InferBody write(InferAnswer answer, Predicate<String> binary) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        boolean anyRaw = false;
        try (JsonGenerator json = WireJson.mapper().createGenerator(body)) {
            json.writeStartObject();
            json.writeStringProperty("model_name", answer.model());
            answer.id().ifPresent(id -> json.writeStringProperty("id", id));
            json.writeArrayPropertyStart("outputs");
            for (InferTensor output : answer.outputs()) {
                boolean raw = binary.test(output.name());
                write(json, output, raw);
                anyRaw |= raw;
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        if (!anyRaw) {
            return new InferBody(body.toByteArray(), OptionalInt.empty());
        }
        int jsonLength = body.size();
        for (InferTensor output : answer.outputs()) {
            if (binary.test(output.name())) {
                body.writeBytes(output.data());
            }
        }
        return new InferBody(body.toByteArray(), OptionalInt.of(jsonLength));
    }

    private static void write(JsonGenerator json, InferTensor output, boolean raw) {
        json.writeStartObject();
        json.writeStringProperty("name", output.name());
        json.writeStringProperty("datatype", output.type().name());
        json.writeArrayPropertyStart("shape");
        output.shape().forEach(json::writeNumber);
        json.writeEndArray();
        if (raw) {
            json.writeObjectPropertyStart("parameters");
            json.writeNumberProperty("binary_data_size", output.data().length);
            json.writeEndObject();
        } else {
            if (output.elementCount() > MAX_JSON_ELEMENTS) {
                throw InferJson.invalid(
                        "outputs",
                        "must ask for " + output.name() + " with binary_data: as JSON an output may have "
                                + MAX_JSON_ELEMENTS + " elements, this has " + output.elementCount());
            }
            json.writeName("data");
            TensorJson.write(json, output);
        }
        json.writeEndObject();
    }
}
