package dev.triptych.text.runtime;

import dev.triptych.text.generation.ChatPrompt;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a conversation the way a model was trained to read it. Safe from any thread; takes processor time. */
@FunctionalInterface
public interface ChatEncoder {

    /**
     * The prompt of a conversation.
     *
     * @param values what the template sees, such as {@code messages}: texts, numbers, lists and maps
     */
    ChatPrompt encode(Map<String, @Nullable Object> values);
}
