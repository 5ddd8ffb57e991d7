package dev.triptych.vision.api;

import dev.triptych.vision.image.EncodedImage;
import dev.triptych.vision.image.ImageLimits;
import dev.triptych.vision.vit.VisionRequest;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import dev.triptych.wire.WireJson;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The JSON form of a request: {@code {"image": base64 or data: URL, "model", …}}. */
final class JsonBody {

    private static final String IMAGE = "image";

    private JsonBody() {}

    /** @throws TriptychException.Rejected naming the field at fault, or none if the body is no JSON object */
    static VisionRequest request(byte[] json, RequestFields query, ImageLimits limits) {
        JsonNode root = parse(json);
        RequestFields fields = query;
        String image = null;
        for (Map.Entry<String, JsonNode> member : root.properties()) {
            JsonNode value = member.getValue();
            switch (member.getKey()) {
                case IMAGE -> image = value.isNull() ? null : text(IMAGE, value);
                case RequestFields.MODEL ->
                    fields = value.isNull()
                            ? fields
                            : fields.with(RequestFields.MODEL, text(RequestFields.MODEL, value));
                default ->
                    fields = value.isNull() ? fields : fields.with(member.getKey(), number(member.getKey(), value));
            }
        }
        if (image == null) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_REQUEST, IMAGE, "the body must have the field 'image', base64 or a data: URL");
        }
        return fields.request(EncodedImage.bytes(image, limits));
    }

    private static JsonNode parse(byte[] json) {
        if (json.length == 0) {
            throw new TriptychException.Rejected(ErrorCode.INVALID_REQUEST, null, "the body is empty");
        }
        try {
            JsonNode root = WireJson.mapper().readTree(json);
            if (!root.isObject()) {
                throw new TriptychException.Rejected(ErrorCode.INVALID_REQUEST, null, "the body must be a JSON object");
            }
            return root;
        } catch (JacksonException e) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_REQUEST, null, "the body is not valid JSON: " + e.getOriginalMessage());
        }
    }

    private static String text(String field, JsonNode value) {
        if (!value.isString()) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD, field, field + " must be a string, got " + value.getNodeType());
        }
        return value.stringValue();
    }

    /** A number's text; a string in its place is refused rather than guessed at. */
    private static String number(String field, JsonNode value) {
        return value.isNumber() ? value.numberValue().toString() : "\"" + value.getNodeType() + "\"";
    }
}
