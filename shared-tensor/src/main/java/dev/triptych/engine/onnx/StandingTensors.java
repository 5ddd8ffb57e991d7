package dev.triptych.engine.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.triptych.engine.EngineException;
import dev.triptych.engine.NamedTensors;
import dev.triptych.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Native handles around what a session was run with last, inputs or outputs. A decode loop hands over the same tensors step
 * after step: only what is another tensor than before is wrapped anew. Not thread-safe; owned by one session.
 */
final class StandingTensors implements AutoCloseable {

    private final Wrapping wrapping;
    private final Map<String, OnnxTensor> handles = new LinkedHashMap<>();
    private final Map<String, Tensor> wrapped = new HashMap<>();

    /** Makes a native handle around a tensor's memory. */
    @FunctionalInterface
    interface Wrapping {
        OnnxTensor wrap(Tensor tensor) throws OrtException;
    }

    StandingTensors(Wrapping wrapping) {
        this.wrapping = wrapping;
    }

    /**
     * Handles around these tensors, valid until the next call.
     *
     * @throws EngineException if memory of a tensor was freed
     */
    Map<String, OnnxTensor> over(NamedTensors tensors) throws OrtException {
        if (!sameNames(tensors)) {
            close();
        }
        for (Map.Entry<String, Tensor> entry : tensors.asMap().entrySet()) {
            Tensor tensor = entry.getValue();
            if (!tensor.isAlive()) {
                throw new EngineException("the memory of '" + entry.getKey() + "' was freed");
            }
            if (wrapped.get(entry.getKey()) != tensor) {
                OnnxTensor before = handles.put(entry.getKey(), wrapping.wrap(tensor));
                wrapped.put(entry.getKey(), tensor);
                if (before != null) {
                    before.close();
                }
            }
        }
        return handles;
    }

    private boolean sameNames(NamedTensors tensors) {
        return handles.size() == tensors.asMap().size()
                && handles.keySet().containsAll(tensors.asMap().keySet());
    }

    @Override
    public void close() {
        handles.values().forEach(OnnxTensor::close);
        handles.clear();
        wrapped.clear();
    }
}
