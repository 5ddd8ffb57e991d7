/** Settings of Kafka clients that everything in the suite shares. Knows {@code kafka-clients} and nothing else. */
@NullMarked
package dev.triptych.worker.kafka;

import org.jspecify.annotations.NullMarked;
