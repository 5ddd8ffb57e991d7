package dev.triptych.text.api;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Fields of {@code POST /v1/completions} that are known but not served yet. A value that changes nothing is let through;
 * one that would change the answer is refused rather than ignored.
 */
final class CompletionFields {

    private static final Rule ZERO = new Rule(node -> node.isNumber() && node.doubleValue() == 0, "0");
    private static final Rule ONE = new Rule(node -> node.isNumber() && node.doubleValue() == 1, "1");
    private static final Rule FALSE = new Rule(node -> node.isBoolean() && !node.booleanValue(), "false");
    private static final Rule EMPTY = new Rule(node -> node.isContainer() && node.isEmpty(), "empty");
    private static final Rule ABSENT = new Rule(node -> false, "absent");

    private static final Map<String, Rule> NEUTRAL = Map.ofEntries(
            Map.entry("n", ONE),
            Map.entry("best_of", ONE),
            Map.entry("top_p", ONE),
            Map.entry("stop", EMPTY),
            Map.entry("logprobs", ABSENT),
            Map.entry("echo", FALSE),
            Map.entry("suffix", ABSENT),
            Map.entry("presence_penalty", ZERO),
            Map.entry("frequency_penalty", ZERO),
            Map.entry("logit_bias", EMPTY),
            Map.entry("num_beams", ONE),
            Map.entry("length_penalty", ONE),
            Map.entry("early_stopping", FALSE),
            Map.entry("repetition_penalty", ONE),
            Map.entry("no_repeat_ngram_size", ZERO),
            Map.entry("min_new_tokens", ZERO),
            Map.entry("top_k", ZERO),
            Map.entry("min_p", ZERO),
            Map.entry("typical_p", ONE),
            Map.entry("bad_words_ids", EMPTY),
            Map.entry("forced_bos_token_id", ABSENT),
            Map.entry("diversity_penalty", ZERO),
            Map.entry("num_beam_groups", ONE));

    private CompletionFields() {}

    /**
     * Which values change nothing.
     *
     * @param name how an error calls them
     */
    private record Rule(Predicate<JsonNode> neutral, String name) {}

    /** @throws TriptychException.Rejected on the first field that is unknown or asks for what is not there */
    static void check(CompletionBody body) {
        body.others().forEach(CompletionFields::check);
        checkTemperature(body.temperature());
        if (body.streamOptions() != null && !body.streams()) {
            throw FieldRules.invalid("stream_options", "stream_options needs stream: true");
        }
    }

    private static void check(String field, JsonNode value) {
        Rule rule = NEUTRAL.get(field);
        if (rule == null) {
            throw new TriptychException.Rejected(ErrorCode.INVALID_REQUEST, field, "unknown field " + field);
        }
        if (!value.isNull() && !rule.neutral().test(value)) {
            throw FieldRules.invalid(
                    field, field + " is not supported yet and must be " + rule.name() + ", got " + shortened(value));
        }
    }

    private static void checkTemperature(@Nullable Double temperature) {
        if (temperature != null && temperature != 0) {
            throw FieldRules.invalid(
                    "temperature", "temperature must be 0 or absent (greedy decoding), got " + temperature);
        }
    }

    private static String shortened(JsonNode value) {
        String text = value.toString();
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
