package dev.triptych.text.decoding.search;

import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.Strategy.EarlyStopping;
import dev.triptych.text.generation.TokenRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the settings of golden cases, which have the names of Hugging Face's {@code generate()}. */
public final class SearchCases {

    private SearchCases() {}

    /** Beams or greedy decoding. */
    public static GenerationParameters parameters(JsonNode golden) {
        int beams = number(golden, "num_beams", 1).intValue();
        Strategy strategy = beams == 1
                ? new Strategy.Greedy()
                : new Strategy.Beam(
                        beams,
                        number(golden, "num_return_sequences", 1).intValue(),
                        golden.has("length_penalty")
                                ? OptionalDouble.of(golden.get("length_penalty").doubleValue())
                                : OptionalDouble.empty(),
                        Optional.ofNullable(golden.get("early_stopping")).map(SearchCases::earlyStopping),
                        number(golden, "num_beam_groups", 1).intValue(),
                        number(golden, "diversity_penalty", 0).doubleValue());
        return new GenerationParameters(
                strategy, golden.get("max_new_tokens").intValue(), rules(golden), List.of(), OptionalInt.empty());
    }

    public static TokenRules rules(JsonNode golden) {
        return new TokenRules(
                golden.has("repetition_penalty")
                        ? OptionalDouble.of(golden.get("repetition_penalty").doubleValue())
                        : OptionalDouble.empty(),
                0,
                0,
                integer(golden, "no_repeat_ngram_size"),
                integer(golden, "min_length"),
                integer(golden, "min_new_tokens"),
                Optional.ofNullable(golden.get("bad_words_ids")).map(SearchCases::lists),
                integer(golden, "forced_bos_token_id"),
                integer(golden, "forced_eos_token_id"),
                biases(golden.get("logit_bias")),
                Optional.ofNullable(golden.get("suppress_tokens")).map(SearchCases::ints),
                Optional.ofNullable(golden.get("begin_suppress_tokens")).map(SearchCases::ints));
    }

    public static List<Integer> ints(JsonNode array) {
        List<Integer> ints = new ArrayList<>();
        array.forEach(element -> ints.add(element.intValue()));
        return ints;
    }

    public static List<List<Integer>> lists(JsonNode arrays) {
        List<List<Integer>> lists = new ArrayList<>();
        arrays.forEach(array -> lists.add(ints(array)));
        return lists;
    }

    /** Null is negative infinity. */
    public static float[] floats(JsonNode array) {
        float[] floats = new float[array.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = array.get(i).isNull()
                    ? Float.NEGATIVE_INFINITY
                    : (float) array.get(i).doubleValue();
        }
        return floats;
    }

    private static Map<Integer, Double> biases(@Nullable JsonNode object) {
        Map<Integer, Double> biases = new HashMap<>();
        if (object != null) {
            object.properties()
                    .forEach(entry -> biases.put(
                            Integer.valueOf(entry.getKey()), entry.getValue().doubleValue()));
        }
        return biases;
    }

    private static EarlyStopping earlyStopping(JsonNode value) {
        if (value.isBoolean()) {
            return value.booleanValue() ? EarlyStopping.TRUE : EarlyStopping.FALSE;
        }
        return EarlyStopping.NEVER;
    }

    private static Number number(JsonNode golden, String name, Number absent) {
        return golden.has(name) ? golden.get(name).numberValue() : absent;
    }

    private static OptionalInt integer(JsonNode golden, String name) {
        return golden.has(name) ? OptionalInt.of(golden.get(name).intValue()) : OptionalInt.empty();
    }
}
