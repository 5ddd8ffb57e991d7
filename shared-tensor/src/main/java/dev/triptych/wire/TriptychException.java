package dev.triptych.wire;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An error on its way to a client. Each door turns it into its protocol's shape in one place; the message is written
 * for the client and says the rule and the value given.
 */
public abstract sealed class TriptychException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    private TriptychException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** Without a stack trace. */
    private TriptychException(ErrorCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /** The request breaks a rule. */
    public static final class Rejected extends TriptychException {

        private static final long serialVersionUID = 1L;

        private final @Nullable String field;

        /** @param field the field at fault, by its name in the request; {@code null} where there is no single one */
        public Rejected(ErrorCode code, @Nullable String field, String message) {
            super(code, message, null);
            this.field = field;
        }

        public @Nullable String field() {
            return field;
        }
    }

    /**
     * There is no room now; trying again after {@link #retryAfter} is expected to help. Has no stack trace: refusing must
     * cost little where much is refused, and the place is in the message.
     */
    public static final class Overloaded extends TriptychException {

        private static final long serialVersionUID = 1L;

        private final Duration retryAfter;

        public Overloaded(ErrorCode code, Duration retryAfter, String message) {
            super(code, message);
            this.retryAfter = retryAfter;
        }

        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** Something failed that the client could not help. */
    public static final class Failed extends TriptychException {

        private static final long serialVersionUID = 1L;

        public Failed(ErrorCode code, String message, @Nullable Throwable cause) {
            super(code, message, cause);
        }
    }
}
