package dev.triptych.vision.api;

import dev.triptych.vision.vit.VisionOptions;
import java.util.List;

/** The endpoints for pictures, with the fields that each takes beside the picture and the model. */
enum VisionEndpoint {

    /** What is on the picture. */
    CLASSIFICATIONS(RequestFields.TOP_K, RequestFields.THRESHOLD, RequestFields.SIZE) {
        @Override
        VisionOptions options(RequestFields fields) {
            return new VisionOptions.Classification(
                    fields.integer(RequestFields.TOP_K).orElse(VisionOptions.Classification.DEFAULT_TOP_K),
                    fields.number(RequestFields.THRESHOLD).orElse(0));
        }
    },

    /** What is on the picture and where. */
    DETECTIONS(RequestFields.TOP_K, RequestFields.THRESHOLD, RequestFields.SIZE) {
        @Override
        VisionOptions options(RequestFields fields) {
            return new VisionOptions.Detection(
                    fields.integer(RequestFields.TOP_K).orElse(VisionOptions.MAX_TOP_K),
                    fields.number(RequestFields.THRESHOLD));
        }
    },

    /** Which pixels show what. */
    SEGMENTATIONS(RequestFields.TOP_K, RequestFields.THRESHOLD, RequestFields.SIZE) {
        @Override
        VisionOptions options(RequestFields fields) {
            return new VisionOptions.Segmentation(
                    fields.integer(RequestFields.TOP_K).orElse(VisionOptions.MAX_TOP_K),
                    fields.number(RequestFields.THRESHOLD).orElse(0));
        }
    },

    /** Where the tokens look that decide about the answer. */
    ATTENTION(RequestFields.LAYER, RequestFields.HEAD, RequestFields.SIZE) {
        @Override
        VisionOptions options(RequestFields fields) {
            return new VisionOptions.Attention(fields.integer(RequestFields.LAYER), fields.integer(RequestFields.HEAD));
        }
    };

    private final List<String> fields;

    VisionEndpoint(String... fields) {
        this.fields = List.of(fields);
    }

    /** Names of the fields beside {@code image} and {@code model}. */
    List<String> fields() {
        return fields;
    }

    /** @throws dev.triptych.wire.TriptychException.Rejected naming the field that breaks its rule */
    abstract VisionOptions options(RequestFields fields);
}
