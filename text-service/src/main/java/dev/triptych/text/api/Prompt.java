package dev.triptych.text.api;

import dev.triptych.text.generation.GenerationLimits;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One text of a request: to be tokenized, or ids that are used as they are. */
sealed interface Prompt {

    /** Gets the special tokens that the model expects. */
    record Text(String text) implements Prompt {}

    /** The encoder's input exactly. */
    record Ids(List<Integer> ids) implements Prompt {}

    /**
     * The texts of a request.
     *
     * @throws TriptychException.Rejected naming the element at fault
     */
    static List<Prompt> read(@Nullable JsonNode given, String field, ApiLimits limits, GenerationLimits model) {
        JsonNode prompt = FieldRules.required(given == null || given.isNull() ? null : given, field);
        if (prompt.isString()) {
            return List.of(text(prompt, field, limits));
        }
        if (!prompt.isArray() || prompt.isEmpty()) {
            throw FieldRules.invalid(
                    field, field + " must be a string, a list of strings, a list of token ids or a list of those");
        }
        if (prompt.get(0).isNumber()) {
            return List.of(ids(prompt, field, model));
        }
        if (prompt.size() > limits.maxTexts()) {
            throw new TriptychException.Rejected(
                    ErrorCode.TOO_LARGE,
                    field,
                    field + " may have " + limits.maxTexts() + " elements, got " + prompt.size());
        }
        List<Prompt> prompts = new ArrayList<>(prompt.size());
        for (int i = 0; i < prompt.size(); i++) {
            String name = field + "[" + i + "]";
            JsonNode element = prompt.get(i);
            boolean sameKind = element.getNodeType() == prompt.get(0).getNodeType();
            if (!sameKind || !(element.isString() || element.isArray())) {
                throw FieldRules.invalid(
                        name, name + " must be a string or a list of token ids, and all elements of one kind");
            }
            prompts.add(element.isString() ? text(element, name, limits) : ids(element, name, model));
        }
        return prompts;
    }

    private static Prompt text(JsonNode node, String field, ApiLimits limits) {
        return new Text(FieldRules.text(node.stringValue(), field, limits));
    }

    private static Prompt ids(JsonNode list, String field, GenerationLimits model) {
        if (list.isEmpty()) {
            throw FieldRules.invalid(field, field + " must have at least one token id");
        }
        checkLength(list.size(), field, model);
        List<Integer> ids = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            ids.add(id(list.get(i), field + "[" + i + "]", model));
        }
        return new Ids(ids);
    }

    private static int id(JsonNode node, String field, GenerationLimits model) {
        if (!node.isIntegralNumber()) {
            throw FieldRules.invalid(field, field + " must be a token id, a whole number");
        }
        if (!node.canConvertToInt() || node.intValue() < 0 || node.intValue() >= model.vocabSize()) {
            String value = node.toString();
            throw new TriptychException.Rejected(
                    ErrorCode.TOKEN_OUT_OF_RANGE,
                    field,
                    field + " must be from 0 to " + (model.vocabSize() - 1) + ", got "
                            + (value.length() <= 40 ? value : value.substring(0, 40) + "…"));
        }
        return node.intValue();
    }

    static void checkLength(int tokens, String field, GenerationLimits model) {
        if (tokens == 0) {
            throw FieldRules.invalid(field, field + " must have at least one token, got none");
        }
        if (tokens > model.maxPromptTokens()) {
            throw FieldRules.invalid(field, field + " may have " + model.maxPromptTokens() + " tokens, got " + tokens);
        }
    }
}
