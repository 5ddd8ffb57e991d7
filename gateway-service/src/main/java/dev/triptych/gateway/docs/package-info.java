/**
 * The document that describes the suite over HTTP: OpenAPI 3.1 of all services together.
 *
 * <p>Each service writes down its own part; here they are put together. Runs on the server's event loops.
 */
@NullMarked
package dev.triptych.gateway.docs;

import org.jspecify.annotations.NullMarked;
