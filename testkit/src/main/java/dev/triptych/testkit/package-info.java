/**
 * What the tests of all modules share: a manual clock, scripted model sessions, fixtures and architecture rules.
 *
 * <p>Test scope only; nothing that ships imports it.
 */
@NullMarked
package dev.triptych.testkit;

import org.jspecify.annotations.NullMarked;
