package dev.triptych.vision.api;

import dev.triptych.vision.vit.ClassificationRequest;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/**
 * What comes beside the picture, wherever it was given.
 *
 * @param model the model's id, or {@code null}
 * @param topK most labels to answer
 * @param threshold least score of a label
 */
record RequestFields(@Nullable String model, int topK, double threshold) {

    static final String MODEL = "model";
    static final String TOP_K = "top_k";
    static final String THRESHOLD = "threshold";

    static RequestFields ofQuery(MultiValueMap<String, String> query) {
        RequestFields fields = new RequestFields(null, ClassificationRequest.DEFAULT_TOP_K, 0.0);
        for (String name : new String[] {MODEL, TOP_K, THRESHOLD}) {
            String value = query.getFirst(name);
            if (value != null) {
                fields = fields.with(name, value);
            }
        }
        return fields;
    }

    /**
     * These fields with one more, given as text.
     *
     * @throws TriptychException.Rejected if there is no such field, or the value is no number where one is needed
     */
    RequestFields with(String name, String value) {
        return switch (name) {
            case MODEL -> new RequestFields(value, topK, threshold);
            case TOP_K -> new RequestFields(model, integer(name, value), threshold);
            case THRESHOLD -> new RequestFields(model, topK, number(name, value));
            default ->
                throw new TriptychException.Rejected(
                        ErrorCode.INVALID_FIELD,
                        name,
                        "there is no field '" + name + "'; fields are image, model, top_k, threshold");
        };
    }

    ClassificationRequest request(byte[] image) {
        return new ClassificationRequest(model, image, topK, threshold);
    }

    private static int integer(String name, String value) {
        try {
            return Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            throw notANumber(name, "an integer", value);
        }
    }

    private static double number(String name, String value) {
        try {
            return Double.parseDouble(value.strip());
        } catch (NumberFormatException e) {
            throw notANumber(name, "a number", value);
        }
    }

    private static TriptychException.Rejected notANumber(String name, String kind, String value) {
        return new TriptychException.Rejected(
                ErrorCode.INVALID_FIELD, name, name + " must be " + kind + ", got '" + value + "'");
    }
}
