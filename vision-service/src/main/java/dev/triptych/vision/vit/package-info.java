/**
 * The Vision Transformer tasks: from an encoded picture to what is on it.
 *
 * <p>Both doors call {@link dev.triptych.vision.vit.ImageAnalyzer}. Pictures are decoded and resized on its decode
 * threads, run on the model's engine thread, and answers are composed on completing threads; callers never block.
 */
@NullMarked
package dev.triptych.vision.vit;

import org.jspecify.annotations.NullMarked;
