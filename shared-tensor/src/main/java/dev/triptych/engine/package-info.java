/**
 * The port to whatever runs graphs: sessions, their signatures, named tensors and devices.
 *
 * <p>Decode loops and micro-batchers call it from their own threads; it owns none. The adapters are
 * {@code engine.onnx} and {@code engine.capi}.
 */
@NullMarked
package dev.triptych.engine;

import org.jspecify.annotations.NullMarked;
