/**
 * Which service owns which path, and the way there: method, body limit, time-outs, errors of the call.
 *
 * <p>Configuration builds Spring Cloud Gateway's routes from it; the filters run on the server's event loops, bodies
 * stream through in both directions.
 */
@NullMarked
package dev.triptych.gateway.routing;

import org.jspecify.annotations.NullMarked;
