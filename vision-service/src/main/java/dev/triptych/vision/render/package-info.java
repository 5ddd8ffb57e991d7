/**
 * Draws what a model found onto the picture it was found on: boxes with labels, colored masks with a legend, heat-maps.
 *
 * <p>Pure functions over Java2D without a screen, called by {@code vit} on its decode threads.
 */
@NullMarked
package dev.triptych.vision.render;

import org.jspecify.annotations.NullMarked;
