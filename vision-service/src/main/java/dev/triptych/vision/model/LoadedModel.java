package dev.triptych.vision.model;

import dev.triptych.vision.batching.MicroBatcher;
import dev.triptych.vision.image.ImagePreprocessor;

/**
 * A model ready to answer.
 *
 * @param id the model's id
 * @param device where its graph runs, {@code cpu} or {@code cuda:N}
 * @param task what it does
 * @param preprocessor makes the graph's pixels of any picture
 * @param batcher its queue and engine thread
 */
public record LoadedModel(
        String id, String device, VisionTask task, ImagePreprocessor preprocessor, MicroBatcher batcher) {}
