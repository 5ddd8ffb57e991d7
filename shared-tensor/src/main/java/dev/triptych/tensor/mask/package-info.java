/**
 * Attention masks as tensors; each factory names the shape it makes.
 *
 * <p>Called where batches are packed. 1 means "attend", 0 means "ignore", as Hugging Face's graphs expect.
 */
@NullMarked
package dev.triptych.tensor.mask;

import org.jspecify.annotations.NullMarked;
