package dev.triptych.text.config;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Bounds of the HTTP door and of translations.
 *
 * @param maxTextChars the longest text, in UTF-16 units
 * @param maxEmbeddingChars the longest text to embed, in UTF-16 units
 * @param maxTexts the most texts or prompts in one request
 * @param unreadEvents how far a streaming client may fall behind before it is canceled
 * @param maxDeadline the longest {@code deadline_ms}
 * @param sentencesInFlight how many sentences of one request the engine holds at a time
 * @param batchSentencesInFlight the same for an item of offline work, of which there are many at a time
 * @param unloadPatience how long the answer to an unload waits for the model's requests to end
 * @param maxSentenceChars longer sentences are cut at a clause before they are tokenized
 */
@Validated
@ConfigurationProperties("triptych.api")
public record WebProperties(
        @Min(1) @DefaultValue("100000") int maxTextChars,
        @Min(1) @DefaultValue("500000") int maxEmbeddingChars,
        @Min(1) @Max(2048) @DefaultValue("256") int maxTexts,
        @Min(16) @DefaultValue("512") int unreadEvents,
        @DefaultValue("1h") Duration maxDeadline,
        @Min(1) @DefaultValue("32") int sentencesInFlight,
        @Min(1) @DefaultValue("4") int batchSentencesInFlight,
        @DefaultValue("30s") Duration unloadPatience,
        @Min(16) @DefaultValue("1000") int maxSentenceChars) {}
