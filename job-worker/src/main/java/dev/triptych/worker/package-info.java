/**
 * The Kafka door of a service: consumes the items of a requests topic and ends each with exactly one record on a results
 * topic, in one transaction with the consumed offsets. What an item asks for is the service's
 * {@link dev.triptych.worker.ItemReader} to say.
 *
 * <p>The listener's threads wait for a poll's items together; the work itself is done on the service's own threads.
 */
@NullMarked
package dev.triptych.worker;

import org.jspecify.annotations.NullMarked;
