package dev.triptych.gateway.jobs.files;

import java.time.Duration;

/**
 * Bounds of files.
 *
 * @param maxBytes  the largest content
 * @param retention how long a file is kept; zero: until it is deleted
 */
public record FileRules(long maxBytes, Duration retention) {}
