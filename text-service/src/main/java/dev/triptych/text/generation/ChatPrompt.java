package dev.triptych.text.generation;

import java.util.List;

/** What a model's chat template made of a conversation. */
public sealed interface ChatPrompt {

    /** The prompt's token ids; no special tokens beyond those that the template writes. */
    record Encoded(List<Integer> tokenIds) implements ChatPrompt {

        public Encoded {
            tokenIds = List.copyOf(tokenIds);
        }
    }

    /**
     * The template does not take the conversation.
     *
     * @param message in the template's own words, where it has any
     */
    record Refused(String message) implements ChatPrompt {}
}
