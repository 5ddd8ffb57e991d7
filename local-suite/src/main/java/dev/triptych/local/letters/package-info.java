/** The dead letters of jobs: what failed for good, why, and the way back to the topic it came from. Called on one thread. */
@NullMarked
package dev.triptych.local.letters;

import org.jspecify.annotations.NullMarked;
