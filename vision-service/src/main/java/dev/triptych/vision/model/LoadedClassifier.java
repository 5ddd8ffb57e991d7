package dev.triptych.vision.model;

import dev.triptych.vision.batching.MicroBatcher;
import dev.triptych.vision.image.ImagePreprocessor;
import java.util.List;

/**
 * A classifier ready to answer.
 *
 * @param id the model's id
 * @param device where its graph runs, {@code cpu} or {@code cuda:N}
 * @param labels by class index, as many as the graph's scores
 * @param preprocessor makes the graph's input size of any picture
 * @param batcher its queue and engine thread
 */
public record LoadedClassifier(
        String id, String device, List<String> labels, ImagePreprocessor preprocessor, MicroBatcher batcher) {

    public LoadedClassifier {
        labels = List.copyOf(labels);
    }
}
