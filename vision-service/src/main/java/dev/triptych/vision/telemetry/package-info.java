/**
 * Micrometer metrics and the health of the models. Listens to {@code vit} and {@code batching} and is told by {@code
 * job}; safe on every thread and never blocks.
 */
@NullMarked
package dev.triptych.vision.telemetry;

import org.jspecify.annotations.NullMarked;
