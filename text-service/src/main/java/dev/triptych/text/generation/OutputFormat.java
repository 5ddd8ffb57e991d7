package dev.triptych.text.generation;

import java.util.List;

/** The form that a request wants its output to have. */
public sealed interface OutputFormat {

    /** The field that asks for it, for messages. */
    String field();

    /**
     * The whole output matches a regular expression.
     *
     * @param pattern in the notation that JavaScript and Python share, without assertions and back references
     */
    record Regex(String field, String pattern) implements OutputFormat {}

    /** The output is one of these texts. */
    record OneOf(String field, List<String> texts) implements OutputFormat {

        public OneOf {
            texts = List.copyOf(texts);
        }
    }

    /**
     * The output is JSON that a schema takes.
     *
     * @param schema a JSON Schema as maps in the order of its text, lists, strings, numbers and truth values
     */
    record JsonSchema(String field, Object schema) implements OutputFormat {}

    /** The output is a JSON object. */
    record JsonObject(String field) implements OutputFormat {}
}
