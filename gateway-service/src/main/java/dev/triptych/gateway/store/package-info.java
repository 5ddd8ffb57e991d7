/**
 * The way to the database that all gateways of one suite share: an embedded H2 or a PostgreSQL.
 *
 * <p>Tables live with what they are for, and run their statements through here. Statements never run on event loops.
 */
@NullMarked
package dev.triptych.gateway.store;

import org.jspecify.annotations.NullMarked;
