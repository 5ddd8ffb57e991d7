package dev.triptych.gateway.jobs.store;

import org.jspecify.annotations.Nullable;

/**
 * How one item ended.
 *
 * @param line       of the input, counted from 1
 * @param completed  false: it failed
 * @param statusCode what HTTP would have answered; {@code null}: it was never run
 * @param content    JSON: the answer's body; for an item that was never run, its error
 */
public record ItemResult(
        String batchId,
        int line,
        boolean completed,
        @Nullable Integer statusCode,
        byte[] content) {}
