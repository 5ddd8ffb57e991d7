/**
 * The ONNX Runtime adapter of the engine port: the only code that imports {@code ai.onnxruntime}.
 *
 * <p>Services reach it through {@code engine.capi.RuntimeBinding}. It owns no threads beyond the runtime's own pools.
 */
@NullMarked
package dev.triptych.engine.onnx;

import org.jspecify.annotations.NullMarked;
