package dev.triptych.text.step;

import java.util.List;

/** What one sequence contributes to a step. */
public sealed interface StepRow {

    /** The loop's number of the sequence. */
    long sequence();

    /**
     * Its prompt is encoded and its first token computed.
     *
     * @param promptIds the encoder's input
     */
    record Prefill(long sequence, List<Integer> promptIds) implements StepRow {}

    /**
     * Its next token is computed.
     *
     * @param token the last token generated
     */
    record Decode(long sequence, int token) implements StepRow {}

    /**
     * Its prompt is encoded and all its frames are scored.
     *
     * @param promptIds the encoder's input
     * @param logits whether more is wanted than each frame's likeliest token
     */
    record Draft(long sequence, List<Integer> promptIds, boolean logits) implements StepRow {}

    /**
     * Its prompt is encoded and the length of its output predicted.
     *
     * @param promptIds the encoder's input
     */
    record Measure(long sequence, List<Integer> promptIds) implements StepRow {}

    /**
     * The masked places of an output are filled.
     *
     * @param ids the output, with the mask where a place is open
     * @param logits whether more is wanted than each place's likeliest token
     */
    record Refine(long sequence, List<Integer> ids, boolean logits) implements StepRow {}
}
