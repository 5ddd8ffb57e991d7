/**
 * Settings and wiring: the only package that names implementations, makes beans and, beside the micro-batcher, threads.
 *
 * <p>Nothing imports it. Runs on the main thread while the service starts and stops.
 */
@NullMarked
package dev.triptych.vision.config;

import org.jspecify.annotations.NullMarked;
