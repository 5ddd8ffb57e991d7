package dev.triptych.wire.inference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** Elements between JSON and little-endian bytes. In JSON they are one flat list, or lists nested as the shape is. */
final class TensorJson {

    private TensorJson() {}

    /**
     * The elements of {@code data}.
     *
     * @param field where {@code data} stands, for messages
     * @throws dev.triptych.wire.TriptychException.Rejected naming the element that does not fit
     */
    static byte[] read(JsonNode data, TensorType type, List<Long> shape, int count, String field) {
        if (type == TensorType.FP16) {
            throw InferJson.invalid(field, "has no JSON form for FP16; send it as raw bytes with binary_data_size");
        }
        ByteBuffer bytes = ByteBuffer.allocate(count * type.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
        boolean nested = shape.size() > 1 && !data.isEmpty() && data.get(0).isArray();
        if (nested) {
            readNested(data, type, shape, 0, bytes, field);
        } else {
            readRow(data, type, count, bytes, field);
        }
        return bytes.array();
    }

    private static void readNested(
            JsonNode list, TensorType type, List<Long> shape, int axis, ByteBuffer bytes, String field) {
        long extent = shape.get(axis);
        if (axis == shape.size() - 1) {
            readRow(list, type, extent, bytes, field);
            return;
        }
        checkSize(list, extent, field);
        for (int i = 0; i < list.size(); i++) {
            readNested(list.get(i), type, shape, axis + 1, bytes, field + "[" + i + "]");
        }
    }

    private static void readRow(JsonNode list, TensorType type, long count, ByteBuffer bytes, String field) {
        checkSize(list, count, field);
        int index = 0;
        for (JsonNode element : list) {
            if (!write(element, type, bytes)) {
                throw InferJson.invalid(field + "[" + index + "]", rule(type) + ", got " + InferJson.shown(element));
            }
            index++;
        }
    }

    private static void checkSize(JsonNode list, long expected, String field) {
        InferJson.list(list, field);
        if (list.size() != expected) {
            throw InferJson.invalid(field, "must have " + expected + " elements as the shape says, got " + list.size());
        }
    }

    /** @return false where the element is not of the type */
    private static boolean write(JsonNode element, TensorType type, ByteBuffer bytes) {
        switch (type) {
            case BOOL -> {
                if (!element.isBoolean()) {
                    return false;
                }
                bytes.put((byte) (element.booleanValue() ? 1 : 0));
            }
            case UINT8, INT8, INT32, INT64 -> {
                if (!element.isIntegralNumber() || !element.canConvertToLong()) {
                    return false;
                }
                return writeInteger(element.longValue(), type, bytes);
            }
            case FP32 -> {
                if (!element.isNumber() || !Float.isFinite((float) element.doubleValue())) {
                    return false;
                }
                bytes.putFloat((float) element.doubleValue());
            }
            case FP16 -> {
                return false;
            }
        }
        return true;
    }

    private static boolean writeInteger(long value, TensorType type, ByteBuffer bytes) {
        switch (type) {
            case UINT8 -> bytes.put((byte) value);
            case INT8 -> bytes.put((byte) value);
            case INT32 -> bytes.putInt((int) value);
            default -> bytes.putLong(value);
        }
        return switch (type) {
            case UINT8 -> value >= 0 && value <= 255;
            case INT8 -> value == (byte) value;
            case INT32 -> value == (int) value;
            default -> true;
        };
    }

    private static String rule(TensorType type) {
        return switch (type) {
            case BOOL -> "must be true or false";
            case UINT8 -> "must be a whole number from 0 to 255";
            case INT8 -> "must be a whole number from -128 to 127";
            case INT32 -> "must be a whole number of 32 bits";
            case INT64 -> "must be a whole number of 64 bits";
            case FP16, FP32 -> "must be a number that 32-bit floating point can hold";
        };
    }

    /** Writes the elements as one flat list; of float32 the shortest digits that give the same number again. */
    static void write(JsonGenerator json, InferTensor tensor) {
        ByteBuffer bytes = ByteBuffer.wrap(tensor.data()).order(ByteOrder.LITTLE_ENDIAN);
        json.writeStartArray();
        while (bytes.hasRemaining()) {
            switch (tensor.type()) {
                case BOOL -> json.writeBoolean(bytes.get() != 0);
                case UINT8 -> json.writeNumber(Byte.toUnsignedInt(bytes.get()));
                case INT8 -> json.writeNumber((int) bytes.get());
                case INT32 -> json.writeNumber(bytes.getInt());
                case INT64 -> json.writeNumber(bytes.getLong());
                case FP32 -> json.writeNumber(bytes.getFloat());
                case FP16 ->
                    throw InferJson.invalid(
                            "outputs", "must ask for " + tensor.name() + " with binary_data: FP16 has no JSON form");
            }
        }
        json.writeEndArray();
    }
}
