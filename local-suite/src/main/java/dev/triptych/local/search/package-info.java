/**
 * Search over a folder of texts by the suite's embeddings: files are cut into passages, embedded over HTTP, kept in an index
 * under {@code var/} and compared with a query.
 *
 * <p>The {@code search} command calls it; it runs on the main thread.
 */
@NullMarked
package dev.triptych.local.search;

import org.jspecify.annotations.NullMarked;
