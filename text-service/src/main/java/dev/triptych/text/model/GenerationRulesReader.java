package dev.triptych.text.model;

import dev.triptych.modelpackage.ConfigFile;
import dev.triptych.modelpackage.ModelPackageException;
import dev.triptych.text.generation.GenerationRules;
import dev.triptych.text.generation.Strategy.EarlyStopping;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Reads what Hugging Face's {@code generate(do_sample=False)} would apply: {@code generation_config.json}, and
 * {@code config.json} where the former is silent. Settings that change the output and are not supported are refused,
 * since ignoring one would give other ids without a word. How many beams is the request's to say.
 */
final class GenerationRulesReader {

    /** Keys that alter the output, each with the number that leaves it unaltered. */
    private static final List<Neutral> NEUTRAL_NUMBERS = List.of(
            new Neutral("encoder_repetition_penalty", 1),
            new Neutral("encoder_no_repeat_ngram_size", 0),
            new Neutral("guidance_scale", 1));

    /** Keys that alter the output whenever they are set. */
    private static final List<String> UNSUPPORTED = List.of(
            "sequence_bias",
            "forced_decoder_ids",
            "exponential_decay_length_penalty",
            "watermarking_config",
            "stop_strings",
            "max_time",
            "penalty_alpha",
            "prompt_lookup_num_tokens");

    private final ConfigFile generation;
    private final ConfigFile model;

    GenerationRulesReader(ConfigFile generation, ConfigFile model) {
        this.generation = generation;
        this.model = model;
    }

    /**
     * The rules of a seq2seq model.
     *
     * @throws ModelPackageException naming a setting that is missing, or not supported
     */
    GenerationRules read() {
        return read(OptionalInt.of(integer("decoder_start_token_id")
                .orElseThrow(() -> new ModelPackageException(
                        "neither generation_config.json nor config.json says decoder_start_token_id"))));
    }

    /**
     * The rules of a decoder-only model.
     *
     * @throws ModelPackageException naming a setting that is missing, or not supported
     */
    GenerationRules readCausal() {
        return read(OptionalInt.empty());
    }

    private GenerationRules read(OptionalInt start) {
        List<String> refused = refused();
        if (!refused.isEmpty()) {
            throw new ModelPackageException(
                    "generation_config.json asks for what is not supported: " + String.join(", ", refused));
        }
        List<Integer> eos = integers("eos_token_id");
        if (eos.isEmpty()) {
            throw new ModelPackageException("neither generation_config.json nor config.json says eos_token_id");
        }
        List<List<Integer>> badWords = source("bad_words_ids").integerLists("bad_words_ids").stream()
                .filter(word -> !(word.size() == 1 && eos.contains(word.getFirst())))
                .toList();
        return new GenerationRules(
                start,
                eos,
                integer("pad_token_id").orElse(eos.getFirst()),
                integer("forced_bos_token_id"),
                integer("forced_eos_token_id"),
                badWords,
                integers("suppress_tokens"),
                integers("begin_suppress_tokens"),
                defaults());
    }

    private GenerationRules.Defaults defaults() {
        GenerationRules.Defaults none = GenerationRules.Defaults.NONE;
        return new GenerationRules.Defaults(
                number("repetition_penalty", none.repetitionPenalty()),
                integer("no_repeat_ngram_size").orElse(none.noRepeatNgramSize()),
                integer("min_length").orElse(none.minLength()),
                integer("min_new_tokens").orElse(none.minNewTokens()),
                number("length_penalty", none.lengthPenalty()),
                earlyStopping());
    }

    private EarlyStopping earlyStopping() {
        String given = source("early_stopping").scalar("early_stopping").orElse("false");
        return switch (given) {
            case "true" -> EarlyStopping.TRUE;
            case "false" -> EarlyStopping.FALSE;
            case "never" -> EarlyStopping.NEVER;
            default -> throw new ModelPackageException("early_stopping must be true, false or never, got " + given);
        };
    }

    private double number(String key, double otherwise) {
        return source(key).number(key).orElse(otherwise);
    }

    private List<String> refused() {
        List<String> refused = new ArrayList<>();
        for (Neutral neutral : NEUTRAL_NUMBERS) {
            double value = source(neutral.key()).number(neutral.key()).orElse(neutral.value());
            if (value != neutral.value()) {
                refused.add(neutral.key() + "=" + value);
            }
        }
        for (String key : UNSUPPORTED) {
            if (generation.has(key)) {
                refused.add(key);
            }
        }
        if (generation.flag("remove_invalid_values", false)) {
            refused.add("remove_invalid_values");
        }
        return refused;
    }

    private OptionalInt integer(String key) {
        return source(key).integer(key);
    }

    private List<Integer> integers(String key) {
        return source(key).integers(key);
    }

    /** A model without {@code generation_config.json} keeps these settings in {@code config.json}. */
    private ConfigFile source(String key) {
        return generation.has(key) || !generation.keys().isEmpty() && !isTokenId(key) ? generation : model;
    }

    private static boolean isTokenId(String key) {
        return key.endsWith("eos_token_id") && !key.startsWith("forced")
                || key.equals("pad_token_id")
                || key.equals("decoder_start_token_id");
    }

    private record Neutral(String key, double value) {}
}
