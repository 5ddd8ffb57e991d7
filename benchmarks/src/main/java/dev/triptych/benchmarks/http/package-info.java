/**
 * A running suite over HTTP, on this machine only.
 */
@NullMarked
package dev.triptych.benchmarks.http;

import org.jspecify.annotations.NullMarked;
