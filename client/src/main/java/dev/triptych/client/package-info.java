/**
 * A client of the job topics: sends items as CloudEvents and completes a future with each one's terminal record. Over
 * {@code kafka-clients} and the message contracts of {@code dev.triptych.wire}; everything it does, a program without it
 * can do.
 */
@NullMarked
package dev.triptych.client;

import org.jspecify.annotations.NullMarked;
