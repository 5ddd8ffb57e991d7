package dev.triptych.gateway.docs;

import dev.triptych.wire.WireJson;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts the documents of several services together. */
final class OpenApiDocument {

    private OpenApiDocument() {}

    /**
     * One document.
     *
     * @param own what the public door does itself; its title and its operations win
     * @param others the services' in order; of two that describe the same operation or schema the earlier wins
     * @param version of the build
     */
    static ObjectNode merge(JsonNode own, List<JsonNode> others, String version) {
        ObjectNode merged = (ObjectNode) own.deepCopy();
        ((ObjectNode) merged.required("info")).put("version", version);
        merged.putArray("servers").addObject().put("url", "/");
        for (JsonNode other : others) {
            for (Map.Entry<String, JsonNode> path : other.path("paths").properties()) {
                addAbsent(child(child(merged, "paths"), path.getKey()), path.getValue());
            }
            for (Map.Entry<String, JsonNode> kind : other.path("components").properties()) {
                addAbsent(child(child(merged, "components"), kind.getKey()), kind.getValue());
            }
        }
        return merged;
    }

    private static ObjectNode child(ObjectNode parent, String name) {
        return parent.get(name) instanceof ObjectNode present ? present : parent.putObject(name);
    }

    private static void addAbsent(ObjectNode into, JsonNode from) {
        from.properties().forEach(entry -> into.putIfAbsent(entry.getKey(), entry.getValue()));
    }

    static JsonNode read(byte[] json) {
        return WireJson.mapper().readTree(json);
    }
}
