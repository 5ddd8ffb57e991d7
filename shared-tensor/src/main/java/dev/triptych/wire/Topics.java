package dev.triptych.wire;

/** The topics of batch jobs. */
public final class Topics {

    public static final String TEXT_REQUESTS = "triptych.text.requests";
    public static final String TEXT_RESULTS = "triptych.text.results";
    public static final String VISION_REQUESTS = "triptych.vision.requests";
    public static final String VISION_RESULTS = "triptych.vision.results";

    /** Items that failed for good: the reason in headers, the value as it came. */
    public static final String DEAD_LETTER = "triptych.dead-letter";

    /** Compacted: the latest state of each job. */
    public static final String JOBS = "triptych.jobs";

    private Topics() {}
}
