/**
 * OpenAI's batches: the endpoints, and the work behind them. A batch's items go to Kafka as requests, results come back
 * into the store, and the store says how far everything is.
 *
 * <p>Endpoints run on the server's event loops; each active batch has one thread that sees it through its
 * states, and the results come in on the listener's thread. These two may wait.
 */
@NullMarked
package dev.triptych.gateway.jobs.batches;

import org.jspecify.annotations.NullMarked;
