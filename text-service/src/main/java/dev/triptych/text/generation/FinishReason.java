package dev.triptych.text.generation;

/** Why a sequence ended. */
public enum FinishReason {
    /** The model generated its end-of-sequence token. */
    STOP,
    /** {@code maxNewTokens} tokens were generated. */
    LENGTH,
    /** The client went away or asked to stop. */
    CANCELLED,
    /** The request's deadline passed. */
    DEADLINE,
    /** The engine failed; the message says how. */
    ERROR
}
