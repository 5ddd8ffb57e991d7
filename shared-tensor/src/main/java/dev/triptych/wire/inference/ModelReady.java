package dev.triptych.wire.inference;

/** The answer of {@code GET /v2/models/{model}/ready}. */
public record ModelReady(String name, boolean ready) {}
