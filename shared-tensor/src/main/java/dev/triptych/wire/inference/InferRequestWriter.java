package dev.triptych.wire.inference;

import dev.triptych.wire.WireJson;
import java.io.ByteArrayOutputStream;
import java.util.OptionalInt;
import tools.jackson.core.JsonGenerator;

/** Writes a request as a body whose tensors, and those of its answer, are raw bytes. */
public final class InferRequestWriter {

    private InferRequestWriter() {}

    public static InferBody write(InferRequest request) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (JsonGenerator json = WireJson.mapper().createGenerator(body)) {
            json.writeStartObject();
            request.id().ifPresent(id -> json.writeStringProperty("id", id));
            json.writeObjectPropertyStart("parameters");
            json.writeBooleanProperty("binary_data_output", true);
            json.writeEndObject();
            json.writeArrayPropertyStart("inputs");
            request.inputs().forEach(input -> write(json, input));
            json.writeEndArray();
            if (!request.outputs().isEmpty()) {
                json.writeArrayPropertyStart("outputs");
                for (InferRequest.WantedOutput output : request.outputs()) {
                    json.writeStartObject();
                    json.writeStringProperty("name", output.name());
                    json.writeEndObject();
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        }
        int jsonLength = body.size();
        request.inputs().forEach(input -> body.writeBytes(input.data()));
        return new InferBody(body.toByteArray(), OptionalInt.of(jsonLength));
    }

    private static void write(JsonGenerator json, InferTensor input) {
        json.writeStartObject();
        json.writeStringProperty("name", input.name());
        json.writeStringProperty("datatype", input.type().name());
        json.writeArrayPropertyStart("shape");
        input.shape().forEach(json::writeNumber);
        json.writeEndArray();
        json.writeObjectPropertyStart("parameters");
        json.writeNumberProperty("binary_data_size", input.data().length);
        json.writeEndObject();
        json.writeEndObject();
    }
}
