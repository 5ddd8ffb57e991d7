/**
 * The values of generation: what is asked, what comes back. A leaf: it knows neither models nor threads.
 *
 * <p>Doors make requests, the loop answers with events; both sides share only these immutable values.
 */
@NullMarked
package dev.triptych.text.generation;

import org.jspecify.annotations.NullMarked;
