/**
 * Stand-ins for the services behind the gateway, and a client that sees the bytes.
 *
 * <p>For the tests of this module only.
 */
@NullMarked
package dev.triptych.gateway.support;

import org.jspecify.annotations.NullMarked;
