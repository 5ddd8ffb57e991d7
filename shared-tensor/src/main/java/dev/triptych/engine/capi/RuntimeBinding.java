package dev.triptych.engine.capi;

import dev.triptych.engine.ModelSessions;
import dev.triptych.engine.onnx.OnnxModelSessions;

/** How ONNX Runtime is called. Both give the same numbers. */
public enum RuntimeBinding {
    /** Through its Java API. */
    JAVA {
        @Override
        public ModelSessions sessions() {
            return new OnnxModelSessions();
        }
    },
    /** Through its C API. */
    CAPI {
        @Override
        public ModelSessions sessions() {
            return new CapiModelSessions();
        }
    };

    /**
     * Opens graphs in that way.
     *
     * @throws dev.triptych.engine.EngineException if the native library cannot be loaded
     */
    public abstract ModelSessions sessions();
}
