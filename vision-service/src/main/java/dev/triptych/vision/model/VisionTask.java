package dev.triptych.vision.model;

import java.util.List;
import java.util.OptionalDouble;

/** What a loaded model does, with all that an answer needs beside the graph's outputs. */
public sealed interface VisionTask {

    /** Scores of the labels before softmax. */
    String LOGITS = "logits";

    /** Boxes as center and extent, in shares of the picture. */
    String BOXES = "pred_boxes";

    TaskKind kind();

    /** Names by label index. */
    List<String> labels();

    /** What is on the picture. */
    record Classification(List<String> labels) implements VisionTask {

        public Classification {
            labels = List.copyOf(labels);
        }

        @Override
        public TaskKind kind() {
            return TaskKind.CLASSIFICATION;
        }
    }

    /**
     * What is on the picture and where.
     *
     * @param threshold the score that an object must exceed where a request names none
     * @param suppressionIou boxes that overlap a better one by more than this are dropped, whatever their labels; empty
     *     for models that answer each object once
     */
    record Detection(List<String> labels, double threshold, OptionalDouble suppressionIou) implements VisionTask {

        /** Hugging Face's. */
        static final double DEFAULT_THRESHOLD = 0.5;

        public Detection {
            labels = List.copyOf(labels);
        }

        @Override
        public TaskKind kind() {
            return TaskKind.DETECTION;
        }
    }

    /** What each pixel shows. */
    record Segmentation(List<String> labels) implements VisionTask {

        private static final String BACKGROUND = "background";

        public Segmentation {
            labels = List.copyOf(labels);
        }

        @Override
        public TaskKind kind() {
            return TaskKind.SEGMENTATION;
        }

        /** Whether a label is worth naming: the background of a model that knows one thing only is not. */
        public boolean isShown(int label) {
            return labels.size() != 2 || !labels.get(label).equalsIgnoreCase(BACKGROUND);
        }
    }
}
