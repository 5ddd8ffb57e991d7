/**
 * What the environment decides: ports and folders of one checkout's suite.
 *
 * <p>Values, read once when a command starts; a leaf that every other package here may import.
 */
@NullMarked
package dev.triptych.local.settings;

import org.jspecify.annotations.NullMarked;
