/**
 * The statements on the job store, the same ones on embedded H2 and on PostgreSQL.
 *
 * <p>Files and batches call it from any thread. H2 computes on the thread that asks, so every statement runs on the
 * store's own scheduler.
 */
@NullMarked
package dev.triptych.gateway.jobs.store;

import org.jspecify.annotations.NullMarked;
