/**
 * Model packages: one folder per model in the Hugging Face ONNX layout, its settings, its {@code triptych.json} and
 * the checksums in it.
 *
 * <p>Services read it when a model loads; nothing here runs a graph.
 */
@NullMarked
package dev.triptych.modelpackage;

import org.jspecify.annotations.NullMarked;
