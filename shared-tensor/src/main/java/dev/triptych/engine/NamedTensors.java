package dev.triptych.engine;

import dev.triptych.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tensors by graph name, in insertion order. Reused from step to step by the loop that owns it; not thread-safe. */
public final class NamedTensors {

    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    public static NamedTensors of(String name, Tensor tensor) {
        return new NamedTensors().put(name, tensor);
    }

    public NamedTensors put(String name, Tensor tensor) {
        tensors.put(name, tensor);
        return this;
    }

    /**
     * The tensor of that name.
     *
     * @throws EngineException if there is none
     */
    public Tensor get(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new EngineException("no tensor named '" + name + "', there are " + tensors.keySet());
        }
        return tensor;
    }

    public Map<String, Tensor> asMap() {
        return tensors;
    }

    public void clear() {
        tensors.clear();
    }
}
