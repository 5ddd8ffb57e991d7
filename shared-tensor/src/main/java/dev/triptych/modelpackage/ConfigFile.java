package dev.triptych.modelpackage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** Typed, read-only access to one JSON settings file of a model. A field of another type than asked for is an error. */
public final class ConfigFile {

    static final JsonMapper JSON = JsonMapper.builder().build();

    private final String name;
    private final JsonNode root;

    ConfigFile(String name, JsonNode root) {
        this.name = name;
        this.root = root;
    }

    /**
     * Reads a file; a missing one counts as empty.
     *
     * @throws ModelPackageException if the file is not a JSON object
     */
    static ConfigFile read(Path file) {
        String name = String.valueOf(file.getFileName());
        if (!Files.exists(file)) {
            return new ConfigFile(name, JsonNodeFactory.instance.objectNode());
        }
        JsonNode root = parse(file);
        if (!root.isObject()) {
            throw new ModelPackageException(file + " must hold a JSON object");
        }
        return new ConfigFile(name, root);
    }

    /**
     * Reads a file that holds a list of objects; a missing one counts as empty.
     *
     * @throws ModelPackageException if the file is not a JSON list of objects
     */
    static List<ConfigFile> readList(Path file) {
        String name = String.valueOf(file.getFileName());
        List<ConfigFile> elements = new ArrayList<>();
        if (Files.exists(file)) {
            JsonNode root = parse(file);
            if (!root.isArray() || root.valueStream().anyMatch(element -> !element.isObject())) {
                throw new ModelPackageException(file + " must hold a JSON list of objects");
            }
            root.forEach(element -> elements.add(new ConfigFile(name, element)));
        }
        return elements;
    }

    private static JsonNode parse(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (JacksonException e) {
            throw new ModelPackageException(file + " is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    public boolean has(String key) {
        return root.hasNonNull(key);
    }

    public Optional<String> string(String key) {
        return has(key)
                ? Optional.of(checked(key, root.get(key).isString(), "a string").stringValue())
                : Optional.empty();
    }

    /** A string, number or truth value in its written form, where several kinds are allowed. */
    public Optional<String> scalar(String key) {
        return has(key)
                ? Optional.of(checked(key, root.get(key).isValueNode(), "a single value")
                        .asString())
                : Optional.empty();
    }

    public boolean isList(String key) {
        return root.path(key).isArray();
    }

    /** A token: its text, or an object that has it as {@code content}; empty for anything else. */
    public Optional<String> token(String key) {
        JsonNode node = root.path(key);
        JsonNode text = node.isObject() ? node.path("content") : node;
        return text.isString() ? Optional.of(text.stringValue()) : Optional.empty();
    }

    public OptionalInt integer(String key) {
        return has(key)
                ? OptionalInt.of(checked(key, root.get(key).canConvertToInt(), "an integer")
                        .intValue())
                : OptionalInt.empty();
    }

    public OptionalDouble number(String key) {
        return has(key)
                ? OptionalDouble.of(
                        checked(key, root.get(key).isNumber(), "a number").doubleValue())
                : OptionalDouble.empty();
    }

    public boolean flag(String key, boolean otherwise) {
        return has(key)
                ? checked(key, root.get(key).isBoolean(), "true or false").booleanValue()
                : otherwise;
    }

    /** The integers of a list, or the one integer where a single one stands; empty where the key is missing. */
    public List<Integer> integers(String key) {
        List<Integer> values = new ArrayList<>();
        for (JsonNode element : elements(key)) {
            values.add(
                    checked(key, element.canConvertToInt(), "integers", element).intValue());
        }
        return values;
    }

    /** The numbers of a list; empty where the key is missing. */
    public List<Double> numbers(String key) {
        List<Double> values = new ArrayList<>();
        for (JsonNode element : elements(key)) {
            values.add(checked(key, element.isNumber(), "numbers", element).doubleValue());
        }
        return values;
    }

    /** The strings of a list; empty where the key is missing. */
    public List<String> strings(String key) {
        List<String> values = new ArrayList<>();
        for (JsonNode element : elements(key)) {
            values.add(checked(key, element.isString(), "strings", element).stringValue());
        }
        return values;
    }

    /** A nested object as a file of its own; empty where the key is missing or holds something else. */
    public Optional<ConfigFile> object(String key) {
        JsonNode node = root.get(key);
        return node != null && node.isObject() ? Optional.of(new ConfigFile(name + "/" + key, node)) : Optional.empty();
    }

    /** The objects of a list, each as a file of its own; empty where the key is missing. */
    public List<ConfigFile> objects(String key) {
        List<ConfigFile> values = new ArrayList<>();
        for (JsonNode element : elements(key)) {
            values.add(
                    new ConfigFile(name + "/" + key, checked(key, element.isObject(), "a list of objects", element)));
        }
        return values;
    }

    /** The lists of integers of a list, such as {@code bad_words_ids}; empty where the key is missing. */
    public List<List<Integer>> integerLists(String key) {
        List<List<Integer>> values = new ArrayList<>();
        for (JsonNode element : elements(key)) {
            List<Integer> row = new ArrayList<>();
            for (JsonNode item : checked(key, element.isArray(), "a list of lists", element)) {
                row.add(checked(key, item.canConvertToInt(), "lists of integers", item)
                        .intValue());
            }
            values.add(row);
        }
        return values;
    }

    /**
     * A vocabulary: an object of ids by token, or a list of {@code [token, score]} whose ids are its positions; empty
     * where the key is missing.
     */
    public Map<String, Integer> vocabulary(String key) {
        Map<String, Integer> values = new LinkedHashMap<>();
        JsonNode node = root.get(key);
        if (node != null && node.isObject()) {
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                values.put(
                        member.getKey(),
                        checked(key, member.getValue().canConvertToInt(), "integers", member.getValue())
                                .intValue());
            }
            return values;
        }
        int id = 0;
        for (JsonNode entry : elements(key)) {
            JsonNode token = entry.isArray() && !entry.isEmpty() ? entry.get(0) : entry;
            values.put(checked(key, token.isString(), "tokens", token).stringValue(), id++);
        }
        return values;
    }

    /** The members of a nested object whose values are strings, such as {@code id2label}; in file order. */
    public Map<String, String> stringMap(String key) {
        Map<String, String> values = new LinkedHashMap<>();
        JsonNode node = root.get(key);
        if (node != null && node.isObject()) {
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                values.put(
                        member.getKey(),
                        checked(key, member.getValue().isString(), "strings", member.getValue())
                                .stringValue());
            }
        }
        return values;
    }

    /** The names of the members, in file order. */
    public List<String> keys() {
        return List.copyOf(root.propertyNames());
    }

    JsonNode root() {
        return root;
    }

    private List<JsonNode> elements(String key) {
        JsonNode node = root.get(key);
        if (node == null || node.isNull()) {
            return List.of();
        }
        return node.isArray() ? List.copyOf(node.values()) : List.of(node);
    }

    private JsonNode checked(String key, boolean fits, String kind) {
        return checked(key, fits, kind, root.get(key));
    }

    private JsonNode checked(String key, boolean fits, String kind, JsonNode node) {
        if (!fits) {
            throw new ModelPackageException(name + ": '" + key + "' must be " + kind + ", got " + node);
        }
        return node;
    }
}
