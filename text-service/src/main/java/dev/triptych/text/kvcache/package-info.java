/**
 * Keys and values that attention has computed already, in pooled off-heap memory: caches, reservations, invariants.
 *
 * <p>Owned by one engine loop and used on its thread. It knows counts of rows and tokens, never a request.
 */
@NullMarked
package dev.triptych.text.kvcache;

import org.jspecify.annotations.NullMarked;
