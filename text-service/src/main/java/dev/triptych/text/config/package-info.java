/**
 * Settings and wiring: the only place that knows every part. Nothing imports it.
 */
@NullMarked
package dev.triptych.text.config;

import org.jspecify.annotations.NullMarked;
