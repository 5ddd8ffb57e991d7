package dev.triptych.wire;

/** What a record on {@link Topics#DEAD_LETTER} has besides the headers that it came with. */
public final class DeadLetterHeaders {

    /** {@link ErrorCode#code()}. */
    public static final String CODE = "triptych-error-code";

    public static final String MESSAGE = "triptych-error-message";

    /** Where the record was consumed. */
    public static final String TOPIC = "triptych-source-topic";

    public static final String PARTITION = "triptych-source-partition";
    public static final String OFFSET = "triptych-source-offset";

    /** What all of them begin with, and no header of a request does. */
    public static final String PREFIX = "triptych-";

    private DeadLetterHeaders() {}
}
