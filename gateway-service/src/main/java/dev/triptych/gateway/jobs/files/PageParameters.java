package dev.triptych.gateway.jobs.files;

import dev.triptych.gateway.jobs.store.Page;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import org.jspecify.annotations.Nullable;

/** Reads OpenAI's query parameters of lists. */
final class PageParameters {

    private PageParameters() {}

    static Page read(@Nullable Integer limit, int maxLimit, @Nullable String order, @Nullable String after) {
        if (limit != null && (limit < 1 || limit > maxLimit)) {
            throw invalid("limit", "limit must be from 1 to " + maxLimit + ", got " + limit);
        }
        if (order != null && !order.equals("asc") && !order.equals("desc")) {
            throw invalid("order", "order must be asc or desc, got \"" + order + "\"");
        }
        return new Page(limit == null ? maxLimit : limit, !"asc".equals(order), after);
    }

    private static TriptychException invalid(String field, String message) {
        return new TriptychException.Rejected(ErrorCode.INVALID_FIELD, field, message);
    }
}
