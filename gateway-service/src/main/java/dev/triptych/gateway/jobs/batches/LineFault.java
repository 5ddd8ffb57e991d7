package dev.triptych.gateway.jobs.batches;

import dev.triptych.wire.WireJson;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why a line of an input is not run.
 *
 * @param message the rule and the value given, without the line's number
 * @param param   the field at fault, where there is one
 */
record LineFault(Kind kind, String message, @Nullable String param) {

    /** Stable codes, as the error file has them. */
    enum Kind {
        LINE_TOO_LONG,
        INVALID_JSON_LINE,
        INVALID_LINE,
        UNKNOWN_FIELD,
        MISSING_CUSTOM_ID,
        INVALID_CUSTOM_ID,
        DUPLICATE_CUSTOM_ID,
        INVALID_METHOD,
        INVALID_URL,
        INVALID_BODY,
        MISSING_MODEL,
        MODEL_NOT_FOUND,
        STREAM_NOT_SUPPORTED;

        String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The error object of the error file. */
    byte[] json(int line) {
        return WireJson.mapper()
                .writeValueAsBytes(WireJson.mapper()
                        .createObjectNode()
                        .put("code", kind.code())
                        .put("message", "line " + line + ": " + message)
                        .put("param", param)
                        .put("line", line));
    }
}
