/**
 * What the tests of all modules share: a manual clock, fixtures, contracts that several modules' tests pass, and checks of the pages.
 *
 * <p>Test scope only; nothing that ships imports it.
 */
@NullMarked
package dev.triptych.testkit;

import org.jspecify.annotations.NullMarked;
