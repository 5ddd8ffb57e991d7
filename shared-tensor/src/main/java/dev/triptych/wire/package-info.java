/**
 * What crosses a process boundary: error codes, the payloads and CloudEvents of the Kafka topics, the tensor's wire
 * form, and the JSON mapping they share.
 *
 * <p>Every service and client reads it. No Spring, no Kafka: transports belong to the services.
 */
@NullMarked
package dev.triptych.wire;

import org.jspecify.annotations.NullMarked;
