package dev.triptych.wire;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Reads payloads that came from outside, each checked against its published JSON Schema first. */
final class WirePayloads {

    private static final Map<Class<?>, Schema> SCHEMAS = Map.ofEntries(
            Map.entry(TranslationItem.class, schema("translation-item")),
            Map.entry(TranslationResult.class, schema("translation-result")),
            Map.entry(EndpointItem.class, schema("endpoint-item")),
            Map.entry(EndpointAnswer.class, schema("endpoint-answer")),
            Map.entry(ClassificationItem.class, schema("classification-item")),
            Map.entry(ClassificationResult.class, schema("classification-result")),
            Map.entry(DetectionItem.class, schema("detection-item")),
            Map.entry(DetectionResult.class, schema("detection-result")),
            Map.entry(SegmentationItem.class, schema("segmentation-item")),
            Map.entry(SegmentationResult.class, schema("segmentation-result")),
            Map.entry(ChainItem.class, schema("chain-item")),
            Map.entry(ChainResult.class, schema("chain-result")),
            Map.entry(ItemError.class, schema("item-error")));

    private WirePayloads() {}

    static <T> T read(byte[] json, Class<T> payloadType) {
        Schema schema = SCHEMAS.get(payloadType);
        if (schema == null) {
            throw new IllegalArgumentException(payloadType + " is not a payload");
        }
        try {
            JsonNode tree = WireJson.mapper().readTree(json);
            List<Error> errors = schema.validate(tree);
            if (!errors.isEmpty()) {
                Error first = errors.getFirst();
                String property = first.getProperty();
                String field = property == null ? first.getInstanceLocation().toString() : property;
                throw new TriptychException.Rejected(ErrorCode.INVALID_FIELD, field, first.getMessage());
            }
            return WireJson.mapper().treeToValue(tree, payloadType);
        } catch (JacksonException e) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_REQUEST, null, "the value is not valid JSON: " + e.getOriginalMessage());
        }
    }

    private static Schema schema(String name) {
        String resource = "/schemas/" + name + ".schema.json";
        try (InputStream in = WirePayloads.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing from the library");
            }
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(WireJson.mapper().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
