/**
 * The client of a gateway's keys: they are made, listed and revoked over HTTP, like any other client's.
 *
 * <p>The {@code keys} command calls it, on the main thread.
 */
@NullMarked
package dev.triptych.local.keys;

import org.jspecify.annotations.NullMarked;
