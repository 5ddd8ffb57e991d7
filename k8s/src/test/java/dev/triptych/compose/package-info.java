/** Tries {@code docker-compose.yml} on a real engine, from outside: the long form, run by command. */
@NullMarked
package dev.triptych.compose;

import org.jspecify.annotations.NullMarked;
