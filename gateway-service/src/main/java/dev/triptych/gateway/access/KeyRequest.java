package dev.triptych.gateway.access;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The validated body of {@code POST /v1/keys}. */
record KeyRequest(String name, Set<Scope> scopes, KeyLimits limits) {

    static final String REQUESTS = "requests_per_minute";
    static final String TOKENS = "tokens_per_minute";
    static final String IMAGES = "images_per_minute";
    static final String JOBS = "concurrent_jobs";

    private static final Set<String> FIELDS = Set.of("name", "scopes", REQUESTS, TOKENS, IMAGES, JOBS);
    private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}]{1,100}");
    private static final long HIGHEST_LIMIT = 1_000_000_000;

    /** @throws TriptychException.Rejected naming the field at fault */
    static KeyRequest read(JsonNode given) {
        if (!(given instanceof ObjectNode body)) {
            throw new TriptychException.Rejected(ErrorCode.INVALID_REQUEST, null, "the body must be a JSON object");
        }
        for (String field : body.propertyNames()) {
            if (!FIELDS.contains(field)) {
                throw new TriptychException.Rejected(ErrorCode.INVALID_REQUEST, field, "unknown field " + field);
            }
        }
        return new KeyRequest(
                name(body.path("name")),
                scopes(body.path("scopes")),
                new KeyLimits(limit(body, REQUESTS), limit(body, TOKENS), limit(body, IMAGES), limit(body, JOBS)));
    }

    private static String name(JsonNode name) {
        if (name.isMissingNode()) {
            throw missing("name");
        }
        if (!name.isString() || !NAME.matcher(name.stringValue()).matches()) {
            throw invalid("name", "name must be a string of 1 to 100 characters without control characters");
        }
        return name.stringValue();
    }

    private static Set<Scope> scopes(JsonNode list) {
        if (list.isMissingNode()) {
            throw missing("scopes");
        }
        String rule = "scopes must be a list of one or more of " + Scope.join(Scope.ALL, ", ");
        if (!list.isArray() || list.isEmpty()) {
            throw invalid("scopes", rule);
        }
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (JsonNode scope : list) {
            scopes.add(Scope.of(scope.asString("")).orElseThrow(() -> invalid("scopes", rule + ", got " + scope)));
        }
        return scopes;
    }

    private static @Nullable Long limit(ObjectNode body, String field) {
        JsonNode limit = body.path(field);
        if (limit.isMissingNode() || limit.isNull()) {
            return null;
        }
        if (!limit.isIntegralNumber()
                || !limit.canConvertToLong()
                || limit.longValue() < 1
                || limit.longValue() > HIGHEST_LIMIT) {
            throw invalid(field, field + " must be a whole number from 1 to " + HIGHEST_LIMIT + ", got " + limit);
        }
        return limit.longValue();
    }

    private static TriptychException missing(String field) {
        return new TriptychException.Rejected(ErrorCode.INVALID_REQUEST, field, field + " is required");
    }

    private static TriptychException invalid(String field, String message) {
        return new TriptychException.Rejected(ErrorCode.INVALID_FIELD, field, message);
    }
}
