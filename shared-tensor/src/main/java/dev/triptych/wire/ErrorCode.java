package dev.triptych.wire;

/**
 * Every error that leaves a service, with its stable code. {@code docs/errors.md} describes each; each door maps the
 * category once.
 */
public enum ErrorCode {
    INVALID_REQUEST("invalid_request", Category.USER, 400),
    INVALID_FIELD("invalid_field", Category.USER, 422),
    TOKEN_OUT_OF_RANGE("token_out_of_range", Category.USER, 422),
    UNSUPPORTED_LANGUAGE("unsupported_language", Category.USER, 400),
    UNSUPPORTED_STRATEGY("unsupported_strategy", Category.USER, 422),
    UNAUTHORIZED("unauthorized", Category.USER, 401),
    FORBIDDEN("forbidden", Category.USER, 403),
    MODEL_REFUSED("model_refused", Category.USER, 422),
    MEMORY_EXCEEDED("memory_exceeded", Category.USER, 409),
    MODEL_NOT_FOUND("model_not_found", Category.USER, 404),
    NOT_FOUND("not_found", Category.USER, 404),
    METHOD_NOT_ALLOWED("method_not_allowed", Category.USER, 405),
    NOT_ACCEPTABLE("not_acceptable", Category.USER, 406),
    TOO_LARGE("too_large", Category.USER, 413),
    UNSUPPORTED_MEDIA_TYPE("unsupported_media_type", Category.USER, 415),
    INVALID_IMAGE("invalid_image", Category.USER, 422),
    CANCELLED("cancelled", Category.USER, 499),
    OVERLOADED("overloaded", Category.CAPACITY, 429),
    UNAVAILABLE("unavailable", Category.CAPACITY, 503),
    UPSTREAM_FAILED("upstream_failed", Category.EXTERNAL, 502),
    DEADLINE_EXCEEDED("deadline_exceeded", Category.EXTERNAL, 504),
    INTERNAL("internal", Category.INTERNAL, 500);

    private final String code;
    private final Category category;
    private final int httpStatus;

    ErrorCode(String code, Category category, int httpStatus) {
        this.code = code;
        this.category = category;
        this.httpStatus = httpStatus;
    }

    /** The stable string that clients may compare. */
    public String code() {
        return code;
    }

    public Category category() {
        return category;
    }

    public int httpStatus() {
        return httpStatus;
    }

    /** Who has to act. */
    public enum Category {
        /** The request is at fault: 4xx; a job's item goes to the dead-letter topic at once. */
        USER,
        /** Full or not ready for now: answered with {@code Retry-After}; a job's item is retried. */
        CAPACITY,
        /** Something that Triptych depends on failed or was too slow; a job's item is retried. */
        EXTERNAL,
        /** A fault of Triptych: 500; a job's item goes to the dead-letter topic after its retries. */
        INTERNAL
    }
}
