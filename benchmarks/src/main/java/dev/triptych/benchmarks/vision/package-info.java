/** Pictures from JPEG to label, in this process and over HTTP. */
@NullMarked
package dev.triptych.benchmarks.vision;

import org.jspecify.annotations.NullMarked;
