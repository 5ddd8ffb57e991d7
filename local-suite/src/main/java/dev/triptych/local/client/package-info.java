/**
 * The batch translation client: lines of text files out as job items over Kafka, their results back into files.
 *
 * <p>All state of a job lies in Kafka, under an id that follows from its content, so a client may die at any point and
 * be started again. The {@code translate} command calls it; it runs on the main thread.
 */
@NullMarked
package dev.triptych.local.client;

import org.jspecify.annotations.NullMarked;
