package dev.triptych.text.api;

import dev.triptych.text.generation.GenerationLimits;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.Strategy.EarlyStopping;
import dev.triptych.text.generation.TokenRules;
import dev.triptych.text.translation.TranslationStrategies;
import dev.triptych.wire.TriptychException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The fields that say how tokens are chosen, as {@code /v1/completions} has them in its body and {@code
 * /v1/translations} among its options. Bounds are checked by the values themselves.
 */
final class DecodingFields {

    static final Set<String> NAMES = Set.of(
            "temperature",
            "top_k",
            "top_p",
            "min_p",
            "typical_p",
            "seed",
            "n",
            "best_of",
            "num_beams",
            "length_penalty",
            "early_stopping",
            "iterations",
            "length_candidates",
            "candidates",
            "num_beam_groups",
            "diversity_penalty",
            "repetition_penalty",
            "presence_penalty",
            "frequency_penalty",
            "no_repeat_ngram_size",
            "min_new_tokens",
            "bad_words_ids",
            "forced_bos_token_id",
            "logit_bias",
            "logprobs");

    /** Numbers that change nothing at these values; strategies that compute all tokens at once take no others. */
    private static final Map<String, Double> NEUTRAL = new TreeMap<>(Map.ofEntries(
            Map.entry("temperature", 0.0),
            Map.entry("top_k", 0.0),
            Map.entry("top_p", 1.0),
            Map.entry("min_p", 0.0),
            Map.entry("typical_p", 1.0),
            Map.entry("num_beam_groups", 1.0),
            Map.entry("diversity_penalty", 0.0),
            Map.entry("repetition_penalty", 1.0),
            Map.entry("presence_penalty", 0.0),
            Map.entry("frequency_penalty", 0.0),
            Map.entry("no_repeat_ngram_size", 0.0),
            Map.entry("min_new_tokens", 0.0)));

    private final FieldReader fields;
    private final GenerationLimits model;

    /**
     * @param given by name, without absent ones
     * @param path what stands before a name in messages, such as {@code options.}
     */
    DecodingFields(Map<String, JsonNode> given, String path, GenerationLimits model) {
        this.fields = new FieldReader(given, path);
        this.model = model;
    }

    /** The bound on log-probs for each token; empty where none were asked for. */
    OptionalInt topLogProbs() {
        return fields.integer("logprobs");
    }

    /**
     * The strategy that is asked for by name, or else by what only one of them has: beams, or a temperature above 0, or
     * without a temperature a filter.
     */
    Strategy strategy(@Nullable String name) {
        Strategy strategy = chosen(name);
        TranslationStrategies.requireServed(strategy, model);
        if (strategy.rows() > model.maxRows()) {
            String field = switch (strategy) {
                case Strategy.Beam ignored -> "num_beams";
                case Strategy.MaskPredict refinement ->
                    refinement.candidates().isPresent() ? "candidates" : "length_candidates";
                case Strategy.Ctc ignored -> "candidates";
                default -> "best_of";
            };
            throw fields.invalid(
                    field, "must be from 1 to " + model.maxRows() + " for this model, got " + strategy.rows());
        }
        return strategy;
    }

    private Strategy chosen(@Nullable String name) {
        Strategy named = TranslationStrategies.named(name);
        if (!(named instanceof Strategy.MaskPredict)) {
            requireAbsent("iterations", named.name());
            requireAbsent("length_candidates", named.name());
        }
        if (!(named instanceof Strategy.Ctc || named instanceof Strategy.MaskPredict)) {
            requireAbsent("candidates", named.name());
        }
        checkFieldsOfOtherStrategies();
        int beams = fields.integer("num_beams").orElse(named.rows());
        OptionalDouble temperature = fields.number("temperature");
        boolean samples = temperature.isPresent() ? temperature.getAsDouble() != 0 : filters();
        if (name == null) {
            if (beams > 1 && temperature.isPresent() && samples) {
                throw conflict("temperature", "0 with num_beams above 1", temperature.getAsDouble());
            }
            return beams != 1 ? beam(beams) : samples ? sample(temperature.orElse(1)) : greedy("temperature above 0");
        }
        return switch (named) {
            case Strategy.Sample ignored -> {
                requireOne("num_beams", name);
                yield sample(temperature.orElse(1));
            }
            case Strategy.Greedy ignored -> {
                requireOne("num_beams", name);
                requireCold(temperature, name);
                yield greedy("strategy sample");
            }
            case Strategy.Speculative ignored -> {
                requireOne("num_beams", name);
                requireCold(temperature, name);
                greedy("strategy sample");
                yield named;
            }
            case Strategy.Auto ignored -> named;
            case Strategy.Beam ignored -> {
                requireCold(temperature, name);
                yield beam(beams);
            }
            case Strategy.Ctc ignored -> {
                requireNeutral(name);
                yield ctc(beams);
            }
            case Strategy.MaskPredict ignored -> {
                requireNeutral(name);
                requireOne("num_beams", name);
                yield maskPredict();
            }
        };
    }

    private Strategy maskPredict() {
        int n = fields.integer("n").orElse(1);
        requireCount("best_of", n, "n or absent with strategy mask-predict");
        requireAbsent("length_penalty", "mask-predict");
        OptionalInt lengths = fields.integer("length_candidates");
        OptionalInt candidates = candidates("mask-predict");
        if (candidates.isPresent()) {
            requireAbsent("length_candidates", "mask-predict and candidates");
        }
        int most = candidates.orElse(lengths.orElse(model.maxRows()));
        if (n < 1 || n > most) {
            String bound = candidates.isPresent() ? "candidates" : "length_candidates";
            throw fields.invalid("n", "must be from 1 to " + bound + ", at most " + most + ", got " + n);
        }
        return new Strategy.MaskPredict(fields.integer("iterations"), lengths, n, candidates);
    }

    /** Outputs that the autoregressive decoder is to choose among. */
    private OptionalInt candidates(String strategy) {
        OptionalInt candidates = fields.integer("candidates");
        int given = candidates.orElse(1);
        if (given > 1 && !model.parallel().scoring()) {
            throw fields.invalid(
                    "candidates", "must be absent for this model, which has nothing to score them with, got " + given);
        }
        if (given > 1 && topLogProbs().orElse(0) > 0) {
            throw conflict(
                    "logprobs",
                    "0 or absent with strategy " + strategy + " and candidates",
                    topLogProbs().getAsInt());
        }
        return candidates;
    }

    private void requireAbsent(String field, String strategy) {
        Optional<JsonNode> given = fields.node(field);
        if (given.isPresent()) {
            throw conflict(field, "absent with strategy " + strategy, FieldReader.shortened(given.get()));
        }
    }

    private Strategy ctc(int beams) {
        int n = fields.integer("n").orElse(1);
        requireCount("best_of", n, "n or absent with strategy ctc");
        int candidates = candidates("ctc").orElse(1);
        String bound = candidates > 1 ? "candidates" : "num_beams";
        int most = candidates > 1 ? candidates : beams;
        if (n < 1 || n > most) {
            throw fields.invalid("n", "must be from 1 to " + bound + ", which is " + most + ", got " + n);
        }
        return new Strategy.Ctc(beams, n, fields.number("length_penalty"), candidates);
    }

    /** Where all tokens are computed at once, none is drawn, and none can depend on those before it. */
    private void requireNeutral(String strategy) {
        for (Map.Entry<String, Double> field : NEUTRAL.entrySet()) {
            double value = fields.number(field.getKey()).orElse(field.getValue());
            if (value != field.getValue()) {
                throw conflict(
                        field.getKey(), neutral(field.getValue()) + " or absent with strategy " + strategy, value);
            }
        }
        for (String name : List.of("early_stopping", "bad_words_ids", "forced_bos_token_id", "logit_bias", "seed")) {
            requireAbsent(name, strategy);
        }
    }

    private static String neutral(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private void requireCount(String field, int only, String rule) {
        int value = fields.integer(field).orElse(only);
        if (value != only) {
            throw conflict(field, rule, value);
        }
    }

    /** What is asked of the logits. */
    TokenRules rules() {
        return new TokenRuleFields(fields, model).rules();
    }

    /** Fields that the strategy does not look at still have their bounds. */
    private void checkFieldsOfOtherStrategies() {
        sample(1, 1, 1);
        beam(2, 1, 1, 0);
    }

    private boolean filters() {
        return fields.number("top_p").orElse(1) != 1
                || fields.integer("top_k").orElse(0) != 0
                || fields.number("min_p").orElse(0) != 0
                || fields.number("typical_p").orElse(1) != 1;
    }

    private Strategy greedy(String otherwise) {
        for (String field : List.of("n", "best_of")) {
            int value = fields.integer(field).orElse(1);
            if (value != 1) {
                throw fields.invalid(
                        field,
                        "must be 1 in greedy decoding, which has one answer (beams and " + otherwise
                                + " have more), got " + value);
            }
        }
        if (fields.integer("num_beam_groups").orElse(1) != 1) {
            throw fields.invalid("num_beam_groups", "must be 1 where num_beams is 1");
        }
        return new Strategy.Greedy();
    }

    private Strategy beam(int beams) {
        int n = fields.integer("n").orElse(1);
        int bestOf = fields.integer("best_of").orElse(n);
        if (bestOf != n) {
            throw fields.invalid("best_of", "must be n or absent in beam search, got " + bestOf);
        }
        if (n > 1 && n > beams) {
            throw fields.invalid("n", "must be from 1 to num_beams, which is " + beams + ", got " + n);
        }
        return beam(
                beams,
                n,
                fields.integer("num_beam_groups").orElse(1),
                fields.number("diversity_penalty").orElse(0));
    }

    private Strategy beam(int beams, int n, int groups, double diversityPenalty) {
        return new Strategy.Beam(
                beams,
                n,
                fields.number("length_penalty"),
                fields.node("early_stopping").map(this::earlyStopping),
                groups,
                diversityPenalty);
    }

    private Strategy sample(double temperature) {
        int n = fields.integer("n").orElse(1);
        return sample(temperature, n, fields.integer("best_of").orElse(n));
    }

    private Strategy sample(double temperature, int n, int bestOf) {
        return new Strategy.Sample(
                temperature,
                fields.integer("top_k").orElse(0),
                fields.number("top_p").orElse(1),
                fields.number("min_p").orElse(0),
                fields.number("typical_p").orElse(1),
                fields.longInteger("seed")
                        .orElseGet(() -> ThreadLocalRandom.current().nextLong()),
                n,
                bestOf);
    }

    private void requireOne(String field, String strategy) {
        int value = fields.integer(field).orElse(1);
        if (value != 1) {
            throw conflict(field, "1 with strategy " + strategy, value);
        }
    }

    private void requireCold(OptionalDouble temperature, String strategy) {
        if (temperature.orElse(0) != 0) {
            throw conflict("temperature", "0 or absent with strategy " + strategy, temperature.orElse(0));
        }
    }

    private TriptychException.Rejected conflict(String field, String rule, Object value) {
        return fields.invalid(field, "must be " + rule + ", got " + value);
    }

    private EarlyStopping earlyStopping(JsonNode node) {
        if (node.isBoolean()) {
            return node.booleanValue() ? EarlyStopping.TRUE : EarlyStopping.FALSE;
        }
        if (node.isString() && node.stringValue().equals("never")) {
            return EarlyStopping.NEVER;
        }
        throw fields.invalid("early_stopping", "must be true, false or \"never\", got " + FieldReader.shortened(node));
    }
}
