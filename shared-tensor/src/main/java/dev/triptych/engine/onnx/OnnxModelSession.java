package dev.triptych.engine.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.triptych.engine.DevicePlacement;
import dev.triptych.engine.EngineException;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.ModelSignature;
import dev.triptych.engine.NamedTensors;
import dev.triptych.engine.TensorSpec;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A graph in ONNX Runtime. Inputs are handed over as direct buffers and pinned outputs are written in place, so on CPU
 * a run copies no tensor; the native handles around them stand from run to run.
 */
final class OnnxModelSession implements ModelSession {

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final String graphName;
    private final ModelSignature signature;
    private final DevicePlacement placement;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final ReentrantLock standing = new ReentrantLock();
    private final StandingTensors standingInputs = new StandingTensors(this::nativeTensor);
    private final StandingTensors standingOutputs = new StandingTensors(this::nativeTensor);

    OnnxModelSession(OrtEnvironment environment, OrtSession session, String graphName, DevicePlacement placement)
            throws OrtException {
        this.environment = environment;
        this.session = session;
        this.graphName = graphName;
        this.placement = placement;
        this.signature = new ModelSignature(specs(session.getInputInfo()), specs(session.getOutputInfo()));
    }

    @Override
    public ModelSignature signature() {
        return signature;
    }

    @Override
    public DevicePlacement placement() {
        return placement;
    }

    @Override
    public void run(NamedTensors inputs, NamedTensors outputs) {
        if (!standing.tryLock()) {
            runBeside(inputs, outputs);
            return;
        }
        try {
            session.run(standingInputs.over(inputs), Set.of(), standingOutputs.over(outputs))
                    .close();
        } catch (OrtException e) {
            throw failed(e);
        } finally {
            standing.unlock();
        }
    }

    /** While another thread's run has the standing handles. */
    private void runBeside(NamedTensors inputs, NamedTensors outputs) {
        try (StandingTensors feed = new StandingTensors(this::nativeTensor);
                StandingTensors pinned = new StandingTensors(this::nativeTensor)) {
            session.run(feed.over(inputs), Set.of(), pinned.over(outputs)).close();
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    @Override
    public NamedTensors run(NamedTensors inputs, Set<String> wanted) {
        try (StandingTensors feed = new StandingTensors(this::nativeTensor);
                OrtSession.Result result = session.run(
                        feed.over(inputs),
                        wanted.isEmpty() ? signature.outputs().keySet() : wanted)) {
            return copied(result);
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        standing.lock();
        try {
            standingInputs.close();
            standingOutputs.close();
            session.close();
        } catch (OrtException e) {
            throw failed(e);
        } finally {
            standing.unlock();
        }
    }

    private OnnxTensor nativeTensor(Tensor tensor) throws OrtException {
        return OnnxTensor.createTensor(
                environment, tensor.byteBuffer(), tensor.shape().toArray(), javaType(tensor.dtype()));
    }

    /** The Java API hands outputs of its own out as copies on the heap only, so they are copied once more. */
    private static NamedTensors copied(OrtSession.Result result) {
        Arena arena = Arena.ofAuto();
        NamedTensors outputs = new NamedTensors();
        for (Map.Entry<String, OnnxValue> entry : result) {
            if (entry.getValue() instanceof OnnxTensor value) {
                TensorInfo info = value.getInfo();
                Tensor tensor = Tensor.allocate(arena, dtype(info.type), Shape.of(info.getShape()));
                tensor.byteBuffer().put(value.getByteBuffer());
                outputs.put(entry.getKey(), tensor);
            }
        }
        return outputs;
    }

    private EngineException failed(OrtException e) {
        return new EngineException(graphName + ": " + e.getMessage(), e);
    }

    private static Map<String, TensorSpec> specs(Map<String, NodeInfo> nodes) {
        Map<String, TensorSpec> specs = LinkedHashMap.newLinkedHashMap(nodes.size());
        nodes.forEach((name, node) -> {
            if (node.getInfo() instanceof TensorInfo info) {
                specs.put(
                        name,
                        new TensorSpec(
                                dtype(info.type),
                                Arrays.stream(info.getShape()).boxed().toList()));
            }
        });
        return specs;
    }

    private static DType dtype(OnnxJavaType type) {
        return switch (type) {
            case FLOAT -> DType.FLOAT32;
            case FLOAT16 -> DType.FLOAT16;
            case INT64 -> DType.INT64;
            case INT32 -> DType.INT32;
            case INT8 -> DType.INT8;
            case UINT8 -> DType.UINT8;
            case BOOL -> DType.BOOL;
            default -> throw new EngineException("tensors of type " + type + " are not supported");
        };
    }

    private static OnnxJavaType javaType(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> OnnxJavaType.FLOAT;
            case FLOAT16 -> OnnxJavaType.FLOAT16;
            case INT64 -> OnnxJavaType.INT64;
            case INT32 -> OnnxJavaType.INT32;
            case INT8 -> OnnxJavaType.INT8;
            case UINT8 -> OnnxJavaType.UINT8;
            case BOOL -> OnnxJavaType.BOOL;
        };
    }
}
