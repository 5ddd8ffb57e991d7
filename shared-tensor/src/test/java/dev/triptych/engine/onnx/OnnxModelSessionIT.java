package dev.triptych.engine.onnx;

import dev.triptych.engine.ModelSessionContract;

class OnnxModelSessionIT extends ModelSessionContract {

    OnnxModelSessionIT() {
        super(new OnnxModelSessions());
    }
}
