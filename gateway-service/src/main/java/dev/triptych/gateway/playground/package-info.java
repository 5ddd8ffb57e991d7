/**
 * The page at {@code /} where a person tries the suite: HTML, CSS and ES modules as written, no build step.
 *
 * <p>Read into memory once, when the gateway starts; answers on event loops. It calls nothing but the public endpoints.
 */
@NullMarked
package dev.triptych.gateway.playground;

import org.jspecify.annotations.NullMarked;
