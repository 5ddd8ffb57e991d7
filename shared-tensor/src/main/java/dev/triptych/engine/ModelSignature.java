package dev.triptych.engine;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a graph takes and gives, in the graph's own order.
 *
 * @param inputs by name
 * @param outputs by name
 */
public record ModelSignature(Map<String, TensorSpec> inputs, Map<String, TensorSpec> outputs) {

    public ModelSignature {
        inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
        outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    }
}
