package dev.triptych.text.api;

import dev.triptych.text.translation.WellFormedText;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the fields of {@code POST /v1/chat/completions} that a text completion does not have. */
final class ChatFields {

    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool");

    private ChatFields() {}

    /**
     * What the chat template sees.
     *
     * @throws TriptychException.Rejected naming the message at fault
     */
    static Map<String, @Nullable Object> templateValues(ObjectNode body, ApiLimits limits) {
        JsonNode messages = body.path("messages");
        if (!messages.isArray() || messages.isEmpty()) {
            throw FieldRules.invalid("messages", "messages must be a list of at least one message");
        }
        if (messages.size() > limits.maxTexts()) {
            throw new TriptychException.Rejected(
                    ErrorCode.TOO_LARGE,
                    "messages",
                    "messages may have " + limits.maxTexts() + " messages, got " + messages.size());
        }
        List<Map<String, @Nullable Object>> read = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            read.add(message(messages.get(i), "messages[" + i + "]", limits));
        }
        Map<String, @Nullable Object> values = new HashMap<>();
        values.put("messages", read);
        values.put("add_generation_prompt", true);
        return values;
    }

    private static Map<String, @Nullable Object> message(JsonNode message, String field, ApiLimits limits) {
        String role = message.path("role").stringValue("");
        if (!ROLES.contains(role)) {
            throw FieldRules.invalid(
                    field + ".role",
                    field + ".role must be one of " + ROLES.stream().sorted().toList());
        }
        String content = content(message.path("content"), field + ".content");
        if (content.length() > limits.maxTextChars()) {
            throw new TriptychException.Rejected(
                    ErrorCode.TOO_LARGE,
                    field + ".content",
                    field + ".content may have " + limits.maxTextChars() + " characters, got " + content.length());
        }
        if (!message.path("tool_calls").isEmpty()) {
            throw FieldRules.invalid(field + ".tool_calls", field + ".tool_calls is not supported; leave it out");
        }
        Map<String, @Nullable Object> read = new LinkedHashMap<>();
        // Templates know the older name.
        read.put("role", role.equals("developer") ? "system" : role);
        read.put("content", WellFormedText.require(content, field + ".content"));
        return read;
    }

    /** A text, or texts in parts, which are joined. */
    private static String content(JsonNode content, String field) {
        if (content.isString()) {
            return content.stringValue();
        }
        if (!content.isArray() || content.isEmpty()) {
            throw FieldRules.invalid(field, field + " must be a text or a list of text parts");
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            if (!part.path("type").stringValue("").equals("text")
                    || !part.path("text").isString()) {
                throw FieldRules.invalid(field, field + " may have parts of type text only");
            }
            text.append(part.path("text").stringValue());
        }
        return text.toString();
    }

    /**
     * The same request as a text completion of these ids.
     *
     * @throws TriptychException.Rejected if it asks for what only conversations have and is not served
     */
    static ObjectNode completion(ObjectNode body, List<Integer> promptIds) {
        ObjectNode completion = body.deepCopy();
        completion.remove("messages");
        neutral(completion, "tools", node -> node.isArray() && node.isEmpty(), "empty");
        neutral(
                completion,
                "tool_choice",
                node -> node.isString() && !node.stringValue().equals("required"),
                "none");
        neutral(completion, "parallel_tool_calls", JsonNode::isBoolean, "absent");
        neutral(completion, "logprobs", node -> node.isBoolean() && !node.booleanValue(), "false");
        neutral(completion, "top_logprobs", node -> node.isNumber() && node.intValue() == 0, "0");
        JsonNode bound = completion.remove("max_completion_tokens");
        if (bound != null && !bound.isNull()) {
            completion.set("max_tokens", bound);
        }
        promptIds.forEach(completion.putArray("prompt")::add);
        return completion;
    }

    private interface Neutral {
        boolean test(JsonNode value);
    }

    /** Takes a field out that would change nothing, and refuses it where it would. */
    private static void neutral(ObjectNode body, String field, Neutral neutral, String name) {
        JsonNode value = body.remove(field);
        if (value != null && !value.isNull() && !neutral.test(value)) {
            throw FieldRules.invalid(field, field + " is not supported yet and must be " + name);
        }
    }
}
