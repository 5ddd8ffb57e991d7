package dev.triptych.text.decoding.search;

import dev.triptych.text.decoding.Hypothesis;
import dev.triptych.text.generation.FinishReason;

/**
 * A hypothesis that came to its end.
 *
 * @param score its log-prob after all rules, divided by its length to the power of the length penalty
 */
record Ended(Hypothesis hypothesis, double score, FinishReason reason) {}
