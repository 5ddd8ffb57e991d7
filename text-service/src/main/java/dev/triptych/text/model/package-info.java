/**
 * Text models from a model repository: families, settings, checks of graph and vocabulary, warm-up.
 *
 * <p>Called once per model by the thread that loads it; a loaded model is handed to its engine loop.
 */
@NullMarked
package dev.triptych.text.model;

import org.jspecify.annotations.NullMarked;
