/**
 * The vision models of the repository: which folders are ours, reading their settings, checking them and loading them
 * into a micro-batcher each.
 *
 * <p>Loaded once at start, some at a time on threads of {@code config}, before the service is ready; looked up from any
 * thread afterwards.
 */
@NullMarked
package dev.triptych.vision.model;

import org.jspecify.annotations.NullMarked;
