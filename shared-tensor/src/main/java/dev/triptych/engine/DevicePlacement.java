package dev.triptych.engine;

/**
 * Where a session runs.
 *
 * @param device {@code cpu} or {@code cuda:N}
 * @param note empty, or why the session is not where {@code auto} would have preferred it
 */
public record DevicePlacement(String device, String note) {}
