/**
 * Pictures before they are tensors: decoding, EXIF orientation, conversion to RGB, Pillow's resampling and the
 * preprocessing that {@code preprocessor_config.json} describes.
 *
 * <p>Pure functions over byte arrays, called by {@code vit} on its decode threads; only the last step,
 * {@link PixelNormalization}, runs on the engine thread.
 */
@NullMarked
package dev.triptych.vision.image;

import org.jspecify.annotations.NullMarked;
