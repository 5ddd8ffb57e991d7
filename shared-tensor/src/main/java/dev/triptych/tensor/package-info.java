/**
 * Tensors: row-major views over off-heap memory, with their shapes and element types.
 *
 * <p>Used by everything that feeds or reads a graph. Depends on the JDK alone. A tensor has no thread of its own:
 * whoever owns the arena owns the tensor.
 */
@NullMarked
package dev.triptych.tensor;

import org.jspecify.annotations.NullMarked;
