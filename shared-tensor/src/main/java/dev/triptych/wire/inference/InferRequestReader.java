package dev.triptych.wire.inference;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import dev.triptych.wire.WireJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Reads a request from its body. What no graph here could heed is refused, not passed over. */
public final class InferRequestReader {

    private static final int MAX_RANK = 8;
    private static final int MAX_TENSORS = 64;
    private static final int MAX_ELEMENTS = 1 << 28;

    private static final List<String> REQUEST = List.of("id", "inputs", "outputs", "parameters");
    private static final List<String> INPUT = List.of("name", "datatype", "shape", "data", "parameters");
    private static final List<String> OUTPUT = List.of("name", "parameters");
    private static final String BINARY_SIZE = "binary_data_size";
    private static final String BINARY = "binary_data";
    private static final String BINARY_OUTPUT = "binary_data_output";

    private final byte[] body;

    /** Where the next raw tensor begins. */
    private int position;

    private InferRequestReader(byte[] body, int jsonLength) {
        this.body = body;
        this.position = jsonLength;
    }

    /**
     * The request in a body.
     *
     * @param lengthHeader the value of {@link InferBody#LENGTH_HEADER}; null where the body is all JSON
     * @throws TriptychException.Rejected naming the field at fault
     */
    public static InferRequest read(byte[] body, @Nullable String lengthHeader) {
        int jsonLength = lengthHeader == null ? body.length : jsonLength(lengthHeader, body.length);
        if (jsonLength == 0) {
            throw new TriptychException.Rejected(ErrorCode.INVALID_REQUEST, null, "the body is missing");
        }
        JsonNode json;
        try {
            json = WireJson.mapper().readTree(body, 0, jsonLength);
        } catch (JacksonException e) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_REQUEST, null, "the body is not valid JSON: " + e.getOriginalMessage());
        }
        return new InferRequestReader(body, jsonLength).read(json);
    }

    private static int jsonLength(String header, int bodyLength) {
        try {
            int length = Integer.parseInt(header.strip());
            if (length >= 1 && length <= bodyLength) {
                return length;
            }
        } catch (NumberFormatException e) {
            // Refused below, like a number out of bounds.
        }
        throw InferJson.invalid(
                InferBody.LENGTH_HEADER,
                "must be from 1 to " + bodyLength + ", the length of the body, got "
                        + (header.length() > 20 ? "something else" : header));
    }

    private InferRequest read(JsonNode json) {
        if (!json.isObject()) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_REQUEST, null, "the body must be a JSON object, got " + InferJson.shown(json));
        }
        InferJson.allow(json, "", REQUEST);
        Optional<String> id = InferJson.optional(json, "id").map(node -> InferJson.text(json, "", "id"));
        boolean binary = false;
        Optional<JsonNode> parameters = InferJson.optional(json, "parameters");
        if (parameters.isPresent()) {
            InferJson.allow(parameters.get(), "parameters", List.of(BINARY_OUTPUT));
            binary = InferJson.flag(parameters.get(), "parameters", BINARY_OUTPUT, false);
        }
        InferRequest request = new InferRequest(id, inputs(json), outputs(json, binary), binary);
        if (position != body.length) {
            throw InferJson.invalid(
                    InferBody.LENGTH_HEADER,
                    "and the inputs' binary_data_size account for " + position + " bytes, the body has " + body.length);
        }
        return request;
    }

    private List<InferTensor> inputs(JsonNode json) {
        JsonNode list = InferJson.list(InferJson.required(json, "", "inputs"), "inputs");
        checkCount(list, "inputs");
        List<InferTensor> inputs = new ArrayList<>(list.size());
        Set<String> names = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            InferTensor input = input(list.get(i), "inputs[" + i + "]");
            if (!names.add(input.name())) {
                throw InferJson.invalid("inputs[" + i + "].name", "must differ from those before it: " + input.name());
            }
            inputs.add(input);
        }
        return inputs;
    }

    private static void checkCount(JsonNode list, String field) {
        if (list.size() > MAX_TENSORS) {
            throw InferJson.invalid(field, "may have " + MAX_TENSORS + " elements, got " + list.size());
        }
    }

    private InferTensor input(JsonNode json, String path) {
        InferJson.allow(json, path, INPUT);
        String name = InferJson.text(json, path, "name");
        TensorType type = type(InferJson.text(json, path, "datatype"), path + ".datatype");
        List<Long> shape = shape(InferJson.required(json, path, "shape"), path + ".shape");
        int count = elementCount(shape, path + ".shape");
        OptionalInt raw = rawSize(json, path);
        Optional<JsonNode> data = InferJson.optional(json, "data");
        if (raw.isPresent() == data.isPresent()) {
            throw InferJson.invalid(
                    path + ".data", "or parameters.binary_data_size is required, one of them and not both");
        }
        return new InferTensor(
                name,
                type,
                shape,
                raw.isPresent()
                        ? raw(raw.getAsInt(), (long) count * type.byteSize(), path)
                        : TensorJson.read(data.orElseThrow(), type, shape, count, path + ".data"));
    }

    private static TensorType type(String name, String field) {
        return TensorType.named(name)
                .orElseThrow(() ->
                        InferJson.invalid(field, "must be one of " + TensorType.names() + ", got \"" + name + "\""));
    }

    private static List<Long> shape(JsonNode json, String field) {
        InferJson.list(json, field);
        if (json.size() > MAX_RANK) {
            throw InferJson.invalid(field, "may have " + MAX_RANK + " extents, got " + json.size());
        }
        List<Long> shape = new ArrayList<>(json.size());
        for (int axis = 0; axis < json.size(); axis++) {
            JsonNode extent = json.get(axis);
            if (!extent.isIntegralNumber() || !extent.canConvertToInt() || extent.intValue() < 1) {
                throw InferJson.invalid(
                        field + "[" + axis + "]",
                        "must be a whole number from 1 to " + Integer.MAX_VALUE + ", got " + InferJson.shown(extent));
            }
            shape.add(extent.longValue());
        }
        return shape;
    }

    private static int elementCount(List<Long> shape, String field) {
        long count = 1;
        for (long extent : shape) {
            count *= extent;
            if (count > MAX_ELEMENTS) {
                throw InferJson.invalid(field, "may come to " + MAX_ELEMENTS + " elements, got " + shape);
            }
        }
        return (int) count;
    }

    private static OptionalInt rawSize(JsonNode json, String path) {
        Optional<JsonNode> parameters = InferJson.optional(json, "parameters");
        if (parameters.isEmpty()) {
            return OptionalInt.empty();
        }
        String field = path + ".parameters";
        InferJson.allow(parameters.get(), field, List.of(BINARY_SIZE));
        Optional<JsonNode> size = InferJson.optional(parameters.get(), BINARY_SIZE);
        if (size.isEmpty()) {
            return OptionalInt.empty();
        }
        if (!size.get().isIntegralNumber() || !size.get().canConvertToInt()) {
            throw InferJson.invalid(
                    field + "." + BINARY_SIZE, "must be a whole number, got " + InferJson.shown(size.get()));
        }
        return OptionalInt.of(size.get().intValue());
    }

    private byte[] raw(int size, long expected, String path) {
        if (size != expected) {
            throw InferJson.invalid(
                    path + ".parameters." + BINARY_SIZE,
                    "must be " + expected + " for this datatype and shape, got " + size);
        }
        if (size > body.length - position) {
            throw InferJson.invalid(
                    path + ".parameters." + BINARY_SIZE,
                    "must be at most the " + (body.length - position) + " bytes that are left of the body, got "
                            + size);
        }
        position += size;
        return Arrays.copyOfRange(body, position - size, position);
    }

    private static List<InferRequest.WantedOutput> outputs(JsonNode json, boolean binary) {
        Optional<JsonNode> given = InferJson.optional(json, "outputs");
        if (given.isEmpty()) {
            return List.of();
        }
        JsonNode list = InferJson.list(given.get(), "outputs");
        checkCount(list, "outputs");
        List<InferRequest.WantedOutput> outputs = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            String path = "outputs[" + i + "]";
            InferJson.allow(list.get(i), path, OUTPUT);
            boolean own = binary;
            Optional<JsonNode> parameters = InferJson.optional(list.get(i), "parameters");
            if (parameters.isPresent()) {
                InferJson.allow(parameters.get(), path + ".parameters", List.of(BINARY));
                own = InferJson.flag(parameters.get(), path + ".parameters", BINARY, binary);
            }
            outputs.add(new InferRequest.WantedOutput(InferJson.text(list.get(i), path, "name"), own));
        }
        return outputs;
    }
}
