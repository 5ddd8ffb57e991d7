/**
 * OpenAI's files: uploads, listings, contents, and their removal when their time is over.
 *
 * <p>Clients call it over HTTP on the server's event loops; content streams through in blocks.
 */
@NullMarked
package dev.triptych.gateway.jobs.files;

import org.jspecify.annotations.NullMarked;
