/**
 * The Kafka broker of a local suite: one KRaft node, broker and controller in one JVM of its own, and the topics that
 * the services share.
 *
 * <p>The supervisor starts {@link dev.triptych.local.broker.BrokerProcess} as a process and uses
 * {@link dev.triptych.local.broker.BrokerAdmin} from its own.
 */
@NullMarked
package dev.triptych.local.broker;

import org.jspecify.annotations.NullMarked;
