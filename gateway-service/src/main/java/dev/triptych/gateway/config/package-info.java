/**
 * Settings and wiring: the only package that names concrete classes across the others.
 *
 * <p>Nothing imports it. Beans are made once on the main thread at start.
 */
@NullMarked
package dev.triptych.gateway.config;

import org.jspecify.annotations.NullMarked;
