/**
 * The services behind the gateway: where they are, what they may take, and whether they answer.
 *
 * <p>Routing, the model list and the readiness probe read it. Calls run on the HTTP client's event loops.
 */
@NullMarked
package dev.triptych.gateway.upstream;

import org.jspecify.annotations.NullMarked;
