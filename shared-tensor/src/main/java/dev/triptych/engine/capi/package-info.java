/**
 * A second adapter of the engine port: ONNX Runtime's C API, called with the Foreign Function &amp; Memory API. It has what
 * the Java API lacks: inputs and outputs that stay bound from run to run, and memory of the device that graphs run on.
 *
 * <p>{@code RuntimeBinding} chooses between the two; only a service's {@code config} package names it. It owns no threads beyond the runtime's own pools.
 */
@NullMarked
package dev.triptych.engine.capi;

import org.jspecify.annotations.NullMarked;
