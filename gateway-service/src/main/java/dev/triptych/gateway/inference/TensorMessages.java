package dev.triptych.gateway.inference;

import com.google.protobuf.ByteString;
import dev.triptych.gateway.inference.proto.InferTensorContents;
import dev.triptych.gateway.inference.proto.ModelInferRequest;
import dev.triptych.gateway.inference.proto.ModelInferRequest.InferInputTensor;
import dev.triptych.gateway.inference.proto.ModelInferResponse;
import dev.triptych.gateway.inference.proto.ModelInferResponse.InferOutputTensor;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import dev.triptych.wire.inference.InferAnswer;
import dev.triptych.wire.inference.InferRequest;
import dev.triptych.wire.inference.InferTensor;
import dev.triptych.wire.inference.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Between the protocol's messages and its values. Tensors are raw bytes or typed lists; an answer has the form of its
 * request.
 */
final class TensorMessages {

    private static final int MAX_ELEMENTS = 1 << 26;

    private TensorMessages() {}

    /** @throws TriptychException.Rejected naming the field at fault */
    static InferRequest request(ModelInferRequest message) {
        if (message.getParametersCount() > 0) {
            throw invalid(
                    "parameters",
                    "must be empty, got " + message.getParametersMap().keySet());
        }
        int raw = message.getRawInputContentsCount();
        if (raw > 0 && raw != message.getInputsCount()) {
            throw invalid(
                    "raw_input_contents",
                    "must have one element for each of the " + message.getInputsCount() + " inputs, got " + raw);
        }
        List<InferTensor> inputs = new ArrayList<>(message.getInputsCount());
        for (int i = 0; i < message.getInputsCount(); i++) {
            Optional<ByteString> bytes = raw > 0 ? Optional.of(message.getRawInputContents(i)) : Optional.empty();
            inputs.add(input(message.getInputs(i), bytes, i));
        }
        List<InferRequest.WantedOutput> outputs = message.getOutputsList().stream()
                .map(output -> new InferRequest.WantedOutput(output.getName(), true))
                .toList();
        Optional<String> id = message.getId().isEmpty() ? Optional.empty() : Optional.of(message.getId());
        return new InferRequest(id, inputs, outputs, true);
    }

    private static InferTensor input(InferInputTensor message, Optional<ByteString> raw, int index) {
        String path = "inputs[" + index + "]";
        TensorType type = TensorType.named(message.getDatatype())
                .orElseThrow(() -> invalid(
                        path + ".datatype",
                        "must be one of " + Arrays.toString(TensorType.values()) + ", got \"" + message.getDatatype()
                                + "\""));
        int count = elementCount(message.getShapeList(), path + ".shape");
        if (message.getParametersCount() > 0) {
            throw invalid(
                    path + ".parameters",
                    "must be empty, got " + message.getParametersMap().keySet());
        }
        byte[] data = raw.isPresent()
                ? raw(raw.get(), message, count * type.byteSize(), index)
                : typed(message.getContents(), type, count, path + ".contents");
        return new InferTensor(message.getName(), type, message.getShapeList(), data);
    }

    private static int elementCount(List<Long> shape, String field) {
        long count = 1;
        for (long extent : shape) {
            if (extent < 1 || extent > MAX_ELEMENTS || (count *= extent) > MAX_ELEMENTS) {
                throw invalid(
                        field, "must have extents from 1 that come to " + MAX_ELEMENTS + " elements, got " + shape);
            }
        }
        return (int) count;
    }

    private static byte[] raw(ByteString bytes, InferInputTensor message, int expected, int index) {
        if (message.hasContents()) {
            throw invalid("inputs[" + index + "].contents", "must be absent with raw_input_contents");
        }
        if (bytes.size() != expected) {
            throw invalid(
                    "raw_input_contents[" + index + "]",
                    "must have " + expected + " bytes for datatype and shape, got " + bytes.size());
        }
        return bytes.toByteArray();
    }

    private static byte[] typed(InferTensorContents contents, TensorType type, int count, String path) {
        String field = path + "."
                + switch (type) {
                    case BOOL -> "bool_contents";
                    case UINT8 -> "uint_contents";
                    case INT8, INT32 -> "int_contents";
                    case INT64 -> "int64_contents";
                    case FP32 -> "fp32_contents";
                    case FP16 -> throw invalid(path, "has no list for FP16; use raw_input_contents");
                };
        int given = switch (type) {
            case BOOL -> contents.getBoolContentsCount();
            case UINT8 -> contents.getUintContentsCount();
            case INT8, INT32 -> contents.getIntContentsCount();
            case INT64 -> contents.getInt64ContentsCount();
            case FP32, FP16 -> contents.getFp32ContentsCount();
        };
        if (given != count) {
            throw invalid(field, "must have " + count + " elements as the shape says, got " + given);
        }
        ByteBuffer bytes = ByteBuffer.allocate(count * type.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            switch (type) {
                case BOOL -> bytes.put((byte) (contents.getBoolContents(i) ? 1 : 0));
                case UINT8 -> bytes.put((byte) within(contents.getUintContents(i), 0, 255, field, i));
                case INT8 -> bytes.put((byte) within(contents.getIntContents(i), -128, 127, field, i));
                case INT32 -> bytes.putInt(contents.getIntContents(i));
                case INT64 -> bytes.putLong(contents.getInt64Contents(i));
                case FP32, FP16 -> bytes.putFloat(contents.getFp32Contents(i));
            }
        }
        return bytes.array();
    }

    private static int within(int value, int least, int most, String field, int index) {
        if (value < least || value > most) {
            throw invalid(field + "[" + index + "]", "must be from " + least + " to " + most + ", got " + value);
        }
        return value;
    }

    /** @param raw whether tensors are raw bytes; those without a list of their type always are, and then all */
    static ModelInferResponse response(InferAnswer answer, boolean raw) {
        boolean allRaw = raw || answer.outputs().stream().anyMatch(output -> output.type() == TensorType.FP16);
        ModelInferResponse.Builder response = ModelInferResponse.newBuilder()
                .setModelName(answer.model())
                .setId(answer.id().orElse(""));
        for (InferTensor output : answer.outputs()) {
            InferOutputTensor.Builder message = InferOutputTensor.newBuilder()
                    .setName(output.name())
                    .setDatatype(output.type().name())
                    .addAllShape(output.shape());
            if (allRaw) {
                response.addRawOutputContents(ByteString.copyFrom(output.data()));
            } else {
                message.setContents(contents(output));
            }
            response.addOutputs(message);
        }
        return response.build();
    }

    private static InferTensorContents contents(InferTensor output) {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        ByteBuffer bytes = ByteBuffer.wrap(output.data()).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            switch (output.type()) {
                case BOOL -> contents.addBoolContents(bytes.get() != 0);
                case UINT8 -> contents.addUintContents(Byte.toUnsignedInt(bytes.get()));
                case INT8 -> contents.addIntContents(bytes.get());
                case INT32 -> contents.addIntContents(bytes.getInt());
                case INT64 -> contents.addInt64Contents(bytes.getLong());
                case FP32 -> contents.addFp32Contents(bytes.getFloat());
                case FP16 -> throw new IllegalStateException("FP16 goes as raw bytes");
            }
        }
        return contents.build();
    }

    static TriptychException.Rejected invalid(String field, String rule) {
        return new TriptychException.Rejected(ErrorCode.INVALID_FIELD, field, field + " " + rule);
    }
}
