package dev.triptych.vision.vit;

import dev.triptych.vision.model.TaskKind;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** What a request asks of a picture. Constructors throw {@link TriptychException.Rejected} naming the field at fault. */
public sealed interface VisionOptions {

    /** Most labels, objects or segments that anyone may ask for. */
    int MAX_TOP_K = 1000;

    /** The task of the models that can answer. */
    TaskKind kind();

    /**
     * What is on the picture?
     *
     * @param topK most labels to answer
     * @param threshold least score of a label to answer; 0 leaves none out
     */
    record Classification(int topK, double threshold) implements VisionOptions {

        /** How many labels where none asks for another number. */
        public static final int DEFAULT_TOP_K = 5;

        public Classification {
            checkTopK(topK);
            checkThreshold(threshold);
        }

        @Override
        public TaskKind kind() {
            return TaskKind.CLASSIFICATION;
        }
    }

    /**
     * What is on the picture and where?
     *
     * @param topK most objects to answer
     * @param threshold the score that an object must exceed; empty: the model's own
     */
    record Detection(int topK, OptionalDouble threshold) implements VisionOptions {

        public Detection {
            checkTopK(topK);
            threshold.ifPresent(VisionOptions::checkThreshold);
        }

        @Override
        public TaskKind kind() {
            return TaskKind.DETECTION;
        }
    }

    /**
     * Which pixels show what?
     *
     * @param topK most segments to answer
     * @param threshold least score of a segment to answer; 0 leaves none out
     */
    record Segmentation(int topK, double threshold) implements VisionOptions {

        public Segmentation {
            checkTopK(topK);
            checkThreshold(threshold);
        }

        @Override
        public TaskKind kind() {
            return TaskKind.SEGMENTATION;
        }
    }

    /**
     * Where do the tokens look that decide about the answer?
     *
     * @param layer of the heads to answer, from 0; empty: the rollout through all layers
     * @param head of that layer, from 0; empty: all
     */
    record Attention(OptionalInt layer, OptionalInt head) implements VisionOptions {

        public Attention {
            checkNotNegative("layer", layer);
            checkNotNegative("head", head);
            if (head.isPresent() && layer.isEmpty()) {
                throw new TriptychException.Rejected(
                        ErrorCode.INVALID_FIELD, "layer", "head needs layer, the layer that it is of");
            }
        }

        @Override
        public TaskKind kind() {
            return TaskKind.CLASSIFICATION;
        }
    }

    private static void checkNotNegative(String field, OptionalInt value) {
        if (value.isPresent() && value.getAsInt() < 0) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD, field, field + " must be 0 or more, got " + value.getAsInt());
        }
    }

    private static void checkTopK(int topK) {
        if (topK < 1 || topK > MAX_TOP_K) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD, "top_k", "top_k must be from 1 to " + MAX_TOP_K + ", got " + topK);
        }
    }

    private static void checkThreshold(double threshold) {
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD, "threshold", "threshold must be from 0 to 1, got " + threshold);
        }
    }
}
