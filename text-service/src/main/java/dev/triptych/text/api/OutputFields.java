package dev.triptych.text.api;

import dev.triptych.text.generation.OutputFormat;
import dev.triptych.text.translation.WellFormedText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The fields that say what form the output must have: OpenAI's {@code response_format}, and vLLM's {@code guided_…}
 * and {@code structured_outputs}. One of them at a time.
 */
final class OutputFields {

    static final Set<String> NAMES =
            Set.of("response_format", "guided_regex", "guided_choice", "guided_json", "structured_outputs");

    private static final int MAX_PATTERN_CHARS = 10_000;
    private static final int MAX_CHOICES = 1_000;

    private final Map<String, JsonNode> given;
    private final FieldReader fields;

    OutputFields(Map<String, JsonNode> given) {
        this.given = given;
        this.fields = new FieldReader(given, "");
    }

    /** The form that is asked for; empty where any will do. */
    Optional<OutputFormat> read() {
        List<OutputFormat> asked = new ArrayList<>();
        fields.node("response_format").flatMap(this::responseFormat).ifPresent(asked::add);
        guided("guided_", given).forEach(asked::add);
        fields.node("structured_outputs").ifPresent(node -> {
            requireObject(node, "structured_outputs", Set.of("regex", "choice", "json"));
            asked.addAll(guided("structured_outputs.", members(node)));
        });
        if (asked.size() > 1) {
            throw fields.invalid(
                    asked.get(1).field(), "must be absent with " + asked.get(0).field() + ": one form at a time");
        }
        return asked.stream().findFirst();
    }

    private static Map<String, JsonNode> members(JsonNode object) {
        Map<String, JsonNode> members = new HashMap<>();
        object.properties().forEach(member -> members.put("structured_outputs." + member.getKey(), member.getValue()));
        return members;
    }

    private List<OutputFormat> guided(String prefix, Map<String, JsonNode> from) {
        FieldReader reader = new FieldReader(from, "");
        List<OutputFormat> asked = new ArrayList<>();
        String regex = prefix + "regex";
        reader.node(regex).ifPresent(node -> asked.add(new OutputFormat.Regex(regex, text(node, regex))));
        String choice = prefix + "choice";
        reader.node(choice).ifPresent(node -> asked.add(choices(node, choice)));
        String json = prefix + "json";
        reader.node(json).ifPresent(node -> asked.add(schema(node, json)));
        return asked;
    }

    private Optional<OutputFormat> responseFormat(JsonNode format) {
        String field = "response_format";
        requireObject(format, field, Set.of("type", "json_schema"));
        String type = format.path("type").stringValue("");
        return switch (type) {
            case "text" -> Optional.empty();
            case "json_object" -> Optional.of(new OutputFormat.JsonObject(field));
            case "json_schema" -> {
                String place = field + ".json_schema";
                JsonNode named = format.path("json_schema");
                requireObject(named, place, Set.of("name", "description", "schema", "strict"));
                if (!named.has("schema")) {
                    throw fields.invalid(place + ".schema", "is required");
                }
                yield Optional.of(schema(named.get("schema"), place + ".schema"));
            }
            default ->
                throw fields.invalid(
                        field + ".type", "must be one of text, json_object and json_schema, got \"" + type + "\"");
        };
    }

    private OutputFormat choices(JsonNode node, String field) {
        fields.requireArray(node, field, MAX_CHOICES);
        if (node.isEmpty()) {
            throw fields.invalid(field, "must have at least one text");
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            texts.add(text(node.get(i), field + "[" + i + "]"));
        }
        return new OutputFormat.OneOf(field, texts);
    }

    /** vLLM takes a schema as text too. */
    private OutputFormat schema(JsonNode node, String field) {
        JsonNode schema = node;
        if (node.isString()) {
            try {
                schema = ApiJson.mapper().readTree(node.stringValue());
            } catch (JacksonException e) {
                throw fields.invalid(field, "is a text that is not JSON: " + e.getOriginalMessage());
            }
        }
        @Nullable Object plain = ApiJson.mapper().treeToValue(schema, Object.class);
        if (plain == null) {
            throw fields.invalid(field, "must be a JSON Schema, that is an object, true or false");
        }
        return new OutputFormat.JsonSchema(field, plain);
    }

    private String text(JsonNode node, String field) {
        if (!node.isString()) {
            throw fields.invalid(field, "must be a string, got " + FieldReader.shortened(node));
        }
        String text = node.stringValue();
        if (text.length() > MAX_PATTERN_CHARS) {
            throw fields.invalid(field, "may have " + MAX_PATTERN_CHARS + " characters, got " + text.length());
        }
        return WellFormedText.require(text, field);
    }

    private void requireObject(JsonNode node, String field, Set<String> known) {
        if (!node.isObject()) {
            throw fields.invalid(field, "must be an object, got " + FieldReader.shortened(node));
        }
        for (String name : node.propertyNames()) {
            if (!known.contains(name)) {
                throw fields.invalid(
                        field + "." + FieldReader.shortened(name),
                        "is not known; known here: " + known.stream().sorted().toList());
            }
        }
    }
}
