package dev.triptych.text.api;

import dev.triptych.text.generation.GenerationLimits;
import dev.triptych.text.generation.TokenRules;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/** The fields that change logits before tokens are chosen; the ids in them are the model's. */
final class TokenRuleFields {

    private static final int MAX_BAD_WORDS = 1_000;
    private static final int MAX_BAD_WORD_TOKENS = 100;
    private static final int MAX_BIASES = 1_000;

    private final FieldReader fields;
    private final GenerationLimits model;

    TokenRuleFields(FieldReader fields, GenerationLimits model) {
        this.fields = fields;
        this.model = model;
    }

    TokenRules rules() {
        return new TokenRules(
                fields.number("repetition_penalty"),
                fields.number("presence_penalty").orElse(0),
                fields.number("frequency_penalty").orElse(0),
                fields.integer("no_repeat_ngram_size"),
                OptionalInt.empty(),
                fields.integer("min_new_tokens"),
                fields.node("bad_words_ids").map(this::badWords),
                fields.node("forced_bos_token_id")
                        .map(node -> OptionalInt.of(tokenId(node, "forced_bos_token_id")))
                        .orElse(OptionalInt.empty()),
                OptionalInt.empty(),
                fields.node("logit_bias").map(this::biases).orElse(Map.of()),
                Optional.empty(),
                Optional.empty());
    }

    private List<List<Integer>> badWords(JsonNode node) {
        String name = "bad_words_ids";
        fields.requireArray(node, name, MAX_BAD_WORDS);
        List<List<Integer>> words = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            String place = name + "[" + i + "]";
            JsonNode word = node.get(i);
            fields.requireArray(word, place, MAX_BAD_WORD_TOKENS);
            List<Integer> ids = new ArrayList<>(word.size());
            for (int j = 0; j < word.size(); j++) {
                ids.add(tokenId(word.get(j), place + "[" + j + "]"));
            }
            words.add(ids);
        }
        return words;
    }

    private Map<Integer, Double> biases(JsonNode node) {
        String name = "logit_bias";
        if (!node.isObject() || node.size() > MAX_BIASES) {
            throw fields.invalid(name, "must be an object of up to " + MAX_BIASES + " token ids with a bias each");
        }
        Map<Integer, Double> biases = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String place = name + "." + FieldReader.shortened(entry.getKey());
            if (!entry.getValue().isNumber()) {
                throw fields.invalid(place, "must be a number, got " + FieldReader.shortened(entry.getValue()));
            }
            biases.put(tokenId(entry.getKey(), place), entry.getValue().doubleValue());
        }
        return biases;
    }

    private int tokenId(JsonNode node, String place) {
        if (!node.isIntegralNumber()) {
            throw fields.invalid(place, "must be a token id, a whole number, got " + FieldReader.shortened(node));
        }
        return tokenId(node.toString(), place);
    }

    private int tokenId(String text, String place) {
        int id;
        try {
            id = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            id = -1;
        }
        if (id < 0 || id >= model.vocabSize()) {
            throw new TriptychException.Rejected(
                    ErrorCode.TOKEN_OUT_OF_RANGE,
                    fields.path(place),
                    fields.path(place) + " must be a token id from 0 to " + (model.vocabSize() - 1) + ", got "
                            + FieldReader.shortened(text));
        }
        return id;
    }
}
