/**
 * Errors that the gateway itself answers: one mapping from what went wrong to an error code, one to each protocol's
 * shape. What a service answers passes through untouched.
 *
 * <p>Routing and the error handler call it, on the server's event loops.
 */
@NullMarked
package dev.triptych.gateway.errors;

import org.jspecify.annotations.NullMarked;
