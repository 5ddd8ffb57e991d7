/**
 * Text-service. Packages go from the doors inwards: {@code api} and {@code job}, then {@code translation}, then
 * {@code runtime} and what it drives; {@code config} wires them.
 */
@NullMarked
package dev.triptych.text;

import org.jspecify.annotations.NullMarked;
