package dev.triptych.inference;

import dev.triptych.engine.EngineException;
import dev.triptych.engine.ModelSignature;
import dev.triptych.engine.NamedTensors;
import dev.triptych.engine.SharedSession;
import dev.triptych.engine.TensorSpec;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import dev.triptych.wire.inference.GraphMetadata;
import dev.triptych.wire.inference.GraphMetadata.Slot;
import dev.triptych.wire.inference.InferAnswer;
import dev.triptych.wire.inference.InferRequest;
import dev.triptych.wire.inference.InferTensor;
import dev.triptych.wire.inference.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A session's graph, run with the tensors of a request. */
public final class SessionGraph implements SinglePassGraph {

    private static final Duration RELOAD = Duration.ofSeconds(5);

    private final String model;
    private final SharedSession session;
    private final GraphBounds bounds;
    private final GraphMetadata metadata;

    public SessionGraph(String model, SharedSession session, GraphBounds bounds) {
        this.model = model;
        this.session = session;
        this.bounds = bounds;
        ModelSignature signature = session.signature();
        this.metadata =
                new GraphMetadata(model, GraphMetadata.ONNX, slots(signature.inputs()), slots(signature.outputs()));
    }

    private static List<Slot> slots(Map<String, TensorSpec> specs) {
        return specs.entrySet().stream()
                .map(entry -> new Slot(
                        entry.getKey(),
                        TensorType.of(entry.getValue().dtype()).name(),
                        entry.getValue().dims()))
                .toList();
    }

    @Override
    public GraphMetadata metadata() {
        return metadata;
    }

    @Override
    public InferAnswer infer(InferRequest request) {
        check(request);
        Set<String> wanted = wanted(request);
        try (Arena arena = Arena.ofConfined()) {
            NamedTensors inputs = new NamedTensors();
            for (InferTensor input : request.inputs()) {
                inputs.put(input.name(), tensor(arena, input));
            }
            NamedTensors outputs = session.run(inputs, wanted);
            return new InferAnswer(
                    model,
                    request.id(),
                    wanted.stream().map(name -> answer(name, outputs.get(name))).toList());
        } catch (EngineException e) {
            throw refused(e);
        }
    }

    private TriptychException refused(EngineException e) {
        return session.isClosed()
                ? new TriptychException.Overloaded(
                        ErrorCode.UNAVAILABLE, RELOAD, "model '" + model + "' is being unloaded")
                : invalid("inputs", "cannot be run by the graph: " + e.getMessage());
    }

    private void check(InferRequest request) {
        Map<String, TensorSpec> specs = session.signature().inputs();
        for (int i = 0; i < request.inputs().size(); i++) {
            InferTensor input = request.inputs().get(i);
            String path = "inputs[" + i + "]";
            TensorSpec spec = specs.get(input.name());
            if (spec == null) {
                throw invalid(path + ".name", "must be one of " + specs.keySet() + ", got \"" + input.name() + "\"");
            }
            if (input.type().elements() != spec.dtype()) {
                throw invalid(path + ".datatype", "must be " + TensorType.of(spec.dtype()) + ", got " + input.type());
            }
            checkShape(input.shape(), spec, path + ".shape");
        }
        for (String name : specs.keySet()) {
            if (request.inputs().stream().noneMatch(input -> input.name().equals(name))) {
                throw invalid("inputs", "must have " + specs.keySet() + ", \"" + name + "\" is missing");
            }
        }
    }

    private void checkShape(List<Long> shape, TensorSpec spec, String field) {
        boolean fits = shape.size() == spec.rank();
        for (int axis = 0; fits && axis < shape.size(); axis++) {
            long extent = spec.dims().get(axis);
            fits = extent == TensorSpec.DYNAMIC || extent == shape.get(axis);
        }
        if (!fits) {
            throw invalid(field, "must be " + spec.dims() + " with any extent for -1, got " + shape);
        }
        bounds.check(shape, field);
    }

    private Set<String> wanted(InferRequest request) {
        Set<String> known = session.signature().outputs().keySet();
        Set<String> wanted = new LinkedHashSet<>();
        for (int i = 0; i < request.outputs().size(); i++) {
            String name = request.outputs().get(i).name();
            if (!known.contains(name)) {
                throw invalid("outputs[" + i + "].name", "must be one of " + known + ", got \"" + name + "\"");
            }
            wanted.add(name);
        }
        return wanted.isEmpty() ? known : wanted;
    }

    private static Tensor tensor(Arena arena, InferTensor input) {
        long[] dims = input.shape().stream().mapToLong(Long::longValue).toArray();
        Tensor tensor = Tensor.allocate(arena, input.type().elements(), Shape.of(dims));
        MemorySegment.copy(input.data(), 0, tensor.memory(), ValueLayout.JAVA_BYTE, 0, input.data().length);
        return tensor;
    }

    private static InferTensor answer(String name, Tensor tensor) {
        return new InferTensor(
                name,
                TensorType.of(tensor.dtype()),
                Arrays.stream(tensor.shape().toArray()).boxed().toList(),
                tensor.memory().toArray(ValueLayout.JAVA_BYTE));
    }

    private static TriptychException.Rejected invalid(String field, String rule) {
        return new TriptychException.Rejected(ErrorCode.INVALID_FIELD, field, field + " " + rule);
    }
}
