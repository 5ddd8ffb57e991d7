package dev.triptych.document;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Objects of JSON, one a line ({@code .jsonl}). Of each that has one, {@code text} or else {@code source} is translated
 * and {@code translation} added at its end; one that is there and not empty stays.
 *
 * @param lines the file's lines
 * @param texts the text of each line; empty where nothing is to be translated
 */
public record JsonLinesDocument(TextDocument lines, List<String> texts) implements Document {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final List<String> SOURCES = List.of("text", "source");
    private static final String TRANSLATION = "translation";

    static JsonLinesDocument parse(byte[] content) throws DocumentException {
        TextDocument lines = TextDocument.parse(content);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < lines.lines().size(); i++) {
            TextDocument.Line line = lines.lines().get(i);
            texts.add(line.blank() ? "" : text(object(line.text(), i)));
        }
        return new JsonLinesDocument(lines, List.copyOf(texts));
    }

    private static ObjectNode object(String line, int index) throws DocumentException {
        try {
            if (JSON.readTree(line) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            throw new DocumentException("line " + (index + 1) + " is not JSON: " + e.getOriginalMessage(), e);
        }
        throw new DocumentException("line " + (index + 1) + " is not an object of JSON");
    }

    private static String text(ObjectNode object) {
        JsonNode present = object.get(TRANSLATION);
        if (present != null
                && !(present.isNull()
                        || present.isString() && present.stringValue().isEmpty())) {
            return "";
        }
        return SOURCES.stream()
                .map(object::get)
                .filter(node -> node != null && node.isString())
                .map(JsonNode::stringValue)
                .findFirst()
                .orElse("");
    }

    @Override
    public int size() {
        return texts.size();
    }

    @Override
    public String text(int index) {
        return texts.get(index);
    }

    @Override
    public int line(int index) {
        return index;
    }

    @Override
    public String noun() {
        return "objects";
    }

    @Override
    public byte[] render(IntFunction<@Nullable String> translations) {
        return lines.render(i -> {
            String translation = texts.get(i).isEmpty() ? null : translations.apply(i);
            return translation == null ? null : with(lines.lines().get(i).text(), translation);
        });
    }

    /** What was written stays as it was written; only the field is new. */
    private static String with(String line, String translation) {
        ObjectNode object = (ObjectNode) JSON.readTree(line);
        if (object.has(TRANSLATION)) {
            return JSON.writeValueAsString(object.put(TRANSLATION, translation));
        }
        return line.substring(0, line.length() - 1).stripTrailing() + ", \"" + TRANSLATION + "\": "
                + JSON.writeValueAsString(translation) + "}";
    }
}
