package dev.triptych.text.api;

import dev.triptych.text.translation.WellFormedText;
import dev.triptych.text.translation.protection.Glossary;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The field {@code glossary}: an object of terms and their wanted translations. */
final class GlossaryField {

    private static final String NAME = "glossary";

    private GlossaryField() {}

    /** @throws dev.triptych.wire.TriptychException.Rejected if it is no such object or out of bounds */
    static Glossary read(@Nullable JsonNode field) {
        if (field == null || field.isNull()) {
            return Glossary.NONE;
        }
        if (!field.isObject()) {
            throw FieldRules.invalid(NAME, "glossary must be an object of terms and their translations");
        }
        if (field.size() > Glossary.MAX_TERMS) {
            throw FieldRules.invalid(
                    NAME, "glossary must have at most " + Glossary.MAX_TERMS + " terms, got " + field.size());
        }
        Map<String, String> terms = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : field.properties()) {
            String name = NAME + "." + entry.getKey();
            if (!entry.getValue().isString()) {
                throw FieldRules.invalid(name, name + " must be a string");
            }
            terms.put(bounded(entry.getKey(), name), bounded(entry.getValue().stringValue(), name));
        }
        return new Glossary(terms);
    }

    private static String bounded(String text, String name) {
        if (text.isBlank() || text.length() > Glossary.MAX_CHARS) {
            throw FieldRules.invalid(
                    name,
                    "a term of glossary and its translation must have 1 to " + Glossary.MAX_CHARS
                            + " characters, not all white space");
        }
        return WellFormedText.require(text.strip(), name);
    }
}
