package dev.triptych.vision.api;

import dev.triptych.vision.vit.VisionRequest;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.springframework.util.MultiValueMap;

/**
 * What comes beside the picture, wherever it was given.
 *
 * @param endpoint whose fields they are
 * @param values their texts by name
 */
record RequestFields(VisionEndpoint endpoint, Map<String, String> values) {

    static final String MODEL = "model";
    static final String TOP_K = "top_k";
    static final String THRESHOLD = "threshold";
    static final String SIZE = "size";
    static final String LAYER = "layer";
    static final String HEAD = "head";

    RequestFields {
        values = Map.copyOf(values);
    }

    /** The endpoint's fields of a query; others are passed over. */
    static RequestFields ofQuery(VisionEndpoint endpoint, MultiValueMap<String, String> query) {
        Map<String, String> values = new HashMap<>(query.toSingleValueMap());
        values.keySet()
                .removeIf(name -> !name.equals(MODEL) && !endpoint.fields().contains(name));
        values.replaceAll((name, value) -> value == null ? "" : value);
        return new RequestFields(endpoint, values);
    }

    /**
     * These fields with one more.
     *
     * @throws TriptychException.Rejected if the endpoint has no such field
     */
    RequestFields with(String name, String value) {
        if (!name.equals(MODEL) && !endpoint.fields().contains(name)) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD,
                    name,
                    "there is no field '" + name + "'; fields are image, model, "
                            + String.join(", ", endpoint.fields()));
        }
        Map<String, String> more = new HashMap<>(values);
        more.put(name, value);
        return new RequestFields(endpoint, more);
    }

    /** @throws TriptychException.Rejected naming the field that breaks its rule */
    VisionRequest request(byte[] image) {
        return new VisionRequest(values.get(MODEL), image, endpoint.options(this), integer(SIZE));
    }

    /** @throws TriptychException.Rejected if the field is there and no integer */
    OptionalInt integer(String name) {
        String value = values.get(name);
        if (value == null) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(Integer.parseInt(value.strip()));
        } catch (NumberFormatException e) {
            throw notANumber(name, "an integer", value);
        }
    }

    /** @throws TriptychException.Rejected if the field is there and no number */
    OptionalDouble number(String name) {
        String value = values.get(name);
        if (value == null) {
            return OptionalDouble.empty();
        }
        try {
            return OptionalDouble.of(Double.parseDouble(value.strip()));
        } catch (NumberFormatException e) {
            throw notANumber(name, "a number", value);
        }
    }

    private static TriptychException.Rejected notANumber(String name, String kind, String value) {
        return new TriptychException.Rejected(
                ErrorCode.INVALID_FIELD, name, name + " must be " + kind + ", got '" + value + "'");
    }
}
