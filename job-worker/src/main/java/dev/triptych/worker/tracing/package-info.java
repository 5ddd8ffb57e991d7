/**
 * Traces as all services have them: where they come from and when there are none. Nothing imports it; Spring Boot finds it by
 * its files in {@code META-INF}.
 */
@NullMarked
package dev.triptych.worker.tracing;

import org.jspecify.annotations.NullMarked;
