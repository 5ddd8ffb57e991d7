/**
 * The one list of models over all services.
 *
 * <p>Answers {@code /v1/models} and {@code /v1/models/{id}} by asking the services; keeps nothing. Runs on event loops.
 */
@NullMarked
package dev.triptych.gateway.models;

import org.jspecify.annotations.NullMarked;
