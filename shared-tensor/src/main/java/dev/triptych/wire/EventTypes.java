package dev.triptych.wire;

/** The {@code ce_type} of each record; the trailing number is the payload's schema version. */
public final class EventTypes {

    /** A {@link TranslationItem}. */
    public static final String TRANSLATE = "dev.triptych.text.translate.v1";

    /** A {@link TranslationResult}; its {@code ce_id} is that of the request. */
    public static final String TRANSLATED = "dev.triptych.text.translated.v1";

    /** An {@link EndpointItem}. */
    public static final String CALL = "dev.triptych.text.call.v1";

    /** An {@link EndpointAnswer}; its {@code ce_id} is that of the request. */
    public static final String ANSWERED = "dev.triptych.text.answered.v1";

    /** A {@link ClassificationItem}. */
    public static final String CLASSIFY = "dev.triptych.vision.classify.v1";

    /** A {@link ClassificationResult}; its {@code ce_id} is that of the request. */
    public static final String CLASSIFIED = "dev.triptych.vision.classified.v1";

    /** A {@link DetectionItem}. */
    public static final String DETECT = "dev.triptych.vision.detect.v1";

    /** A {@link DetectionResult}; its {@code ce_id} is that of the request. */
    public static final String DETECTED = "dev.triptych.vision.detected.v1";

    /** A {@link SegmentationItem}. */
    public static final String SEGMENT = "dev.triptych.vision.segment.v1";

    /** A {@link SegmentationResult}; its {@code ce_id} is that of the request. */
    public static final String SEGMENTED = "dev.triptych.vision.segmented.v1";

    /** A {@link ChainItem}. */
    public static final String CHAIN = "dev.triptych.job.chain.v1";

    /** A {@link ChainResult}; its {@code ce_id} is that of the request. */
    public static final String CHAINED = "dev.triptych.job.chained.v1";

    /** An {@link ItemError}; its {@code ce_id} is that of the request. */
    public static final String FAILED = "dev.triptych.item.failed.v1";

    private EventTypes() {}
}
