package dev.triptych.vision.vit;

import dev.triptych.tensor.math.Logits;
import dev.triptych.wire.ClassificationResult;
import java.util.ArrayList;
import java.util.List;

/** From a row of logits to named classes. */
final class ClassScores {

    private ClassScores() {}

    /**
     * The likeliest classes, best first; of equals the lower index first.
     *
     * @param logits raw scores, float32 {@code [labels]}
     * @param labels by class index
     * @param topK most classes to name
     * @param threshold least probability of a class to name
     */
    static List<ClassificationResult.Label> best(float[] logits, List<String> labels, int topK, double threshold) {
        double[] probabilities = Logits.softmax(logits);
        List<ClassificationResult.Label> best = new ArrayList<>();
        for (int index : Logits.topK(probabilities, topK)) {
            if (probabilities[index] >= threshold) {
                best.add(new ClassificationResult.Label(labels.get(index), Math.min(probabilities[index], 1.0)));
            }
        }
        return best;
    }
}
