/**
 * The services behind the gateway: which processes serve them, what they may take, and whether they answer.
 *
 * <p>Routing, the model list, the documents and the readiness probe read it. Calls run on the HTTP client's event loops.
 */
@NullMarked
package dev.triptych.gateway.upstream;

import org.jspecify.annotations.NullMarked;
