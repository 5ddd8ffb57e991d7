package dev.triptych.text.step;

import java.util.List;
import java.util.OptionalInt;

/** What one sequence contributes to a step. */
public sealed interface StepRow {

    /** The loop's number of the sequence. */
    long sequence();

    /**
     * Its prompt is encoded and its first token computed.
     *
     * @param promptIds the encoder's input
     * @param drafted whether a draft of its output is made and verified at once
     * @param scored how many of the likeliest tokens are wanted in the place of each of the prompt's; empty: the prompt is
     *     not to be scored
     */
    record Prefill(long sequence, List<Integer> promptIds, boolean drafted, OptionalInt scored) implements StepRow {

        public Prefill(long sequence, List<Integer> promptIds) {
            this(sequence, promptIds, false, OptionalInt.empty());
        }
    }

    /**
     * Its next token is computed.
     *
     * @param token the last token generated; -1 where none was yet
     * @param draft what may follow it, to be verified in the same pass
     */
    record Decode(long sequence, int token, List<Integer> draft) implements StepRow {

        public Decode(long sequence, int token) {
            this(sequence, token, List.of());
        }
    }

    /**
     * Its prompt is encoded and all its frames are scored.
     *
     * @param promptIds the encoder's input
     * @param logits whether more is wanted than each frame's likeliest token
     * @param kept whether further passes read what was encoded
     */
    record Draft(long sequence, List<Integer> promptIds, boolean logits, boolean kept) implements StepRow {}

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

    /**
     * A whole output is scored by the autoregressive decoder.
     *
     * @param ids the output with its end of sequence
     */
    record Score(long sequence, List<Integer> ids) implements StepRow {}
}
