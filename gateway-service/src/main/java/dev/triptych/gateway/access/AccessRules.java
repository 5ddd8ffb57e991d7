package dev.triptych.gateway.access;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** Which scopes a path asks for. The first line that matches decides; a path in no line asks for any good key. */
final class AccessRules {

    /**
     * What a path asks for.
     *
     * @param open  nothing at all
     * @param oneOf at least one of these scopes; empty: a good key, whatever it is for
     */
    record Need(boolean open, Set<Scope> oneOf) {

        private static final Need NOTHING = new Need(true, Set.of());
        static final Need A_KEY = new Need(false, Set.of());

        private static Need of(Scope... scopes) {
            return new Need(false, Set.of(scopes));
        }

        boolean isMetBy(Caller caller) {
            return oneOf.isEmpty() || oneOf.stream().anyMatch(caller::has);
        }
    }

    private record Rule(PathPattern pattern, Need need) {}

    /** What a page or a health check has to read before anybody can have given it a key; none of it costs anything. */
    private static final List<String> OPEN = List.of(
            "/",
            "/playground/**",
            "/languages",
            "/frontend/settings",
            // Its name is the secret, and LibreTranslate's clients fetch it without a key.
            "/download_file/*",
            "/openapi.json",
            "/v2/health/**",
            // Served on the management port alone; the public one has nothing there.
            "/actuator/**");

    private static final List<Rule> RULES = List.of(
            rule("/v1/keys/**", Need.of(Scope.ADMIN)),
            rule("/v1/models/*/load", Need.of(Scope.ADMIN)),
            rule("/v1/models/*/unload", Need.of(Scope.ADMIN)),
            rule("/v1/models/**", Need.A_KEY),
            rule("/v1/files/**", Need.of(Scope.BATCH)),
            rule("/v1/batches/**", Need.of(Scope.BATCH)),
            rule("/v1/vision/**", Need.of(Scope.VISION)),
            rule("/v1/**", Need.of(Scope.TEXT)),
            rule("/v2/models/*/infer", Need.of(Scope.TEXT, Scope.VISION)),
            rule("/v2/models/*/generate", Need.of(Scope.TEXT)),
            rule("/v2/models/*/generate_stream", Need.of(Scope.TEXT)),
            rule("/translate", Need.of(Scope.TEXT)),
            rule("/translate_file", Need.of(Scope.TEXT)),
            rule("/detect", Need.of(Scope.TEXT)));

    private static final List<Rule> ALL = Stream.concat(
                    OPEN.stream().map(path -> rule(path, Need.NOTHING)), RULES.stream())
            .toList();

    private AccessRules() {}

    static Need of(PathContainer path) {
        return ALL.stream()
                .filter(rule -> rule.pattern().matches(path))
                .map(Rule::need)
                .findFirst()
                .orElse(Need.A_KEY);
    }

    private static Rule rule(String pattern, Need need) {
        return new Rule(PathPatternParser.defaultInstance.parse(pattern), need);
    }
}
