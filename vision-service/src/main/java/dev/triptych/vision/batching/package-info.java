/**
 * The micro-batcher: pictures of many callers become rows of one model call.
 *
 * <p>{@code vit} submits; results leave through futures. Each loaded model has one {@link
 * dev.triptych.vision.batching.MicroBatcher} with one thread, {@code engine-<model>}, that owns the graph and its
 * buffers. Pictures that somebody waits for go before offline ones, here and where they are decoded ({@link
 * dev.triptych.vision.batching.PriorityExecutor}). Nothing here knows HTTP, Kafka or Spring.
 */
@NullMarked
package dev.triptych.vision.batching;

import org.jspecify.annotations.NullMarked;
