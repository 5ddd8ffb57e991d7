package dev.triptych.gateway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.gateway.routing.ServiceRoute;
import dev.triptych.gateway.support.FakeServices;
import dev.triptych.wire.WireJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** The merged document against what the gateway maps and routes; the services' parts are the files that they serve. */
class DocsIT extends FakeServices {

    /** Pages and documents, which describe themselves. */
    private static final Set<String> UNDOCUMENTED = Set.of("/", "/openapi.json");

    @Autowired
    private WebTestClient client;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping mappings;

    private static String part(String service) throws IOException {
        for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
            Path file = up.resolve(service).resolve("src/main/resources/openapi.json");
            if (Files.exists(file)) {
                return Files.readString(file);
            }
        }
        throw new AssertionError("there is no document of " + service);
    }

    private JsonNode document(String path) {
        return WireJson.mapper()
                .readTree(client.get()
                        .uri(path)
                        .exchange()
                        .expectStatus()
                        .isOk()
                        .expectBody()
                        .returnResult()
                        .getResponseBody());
    }

    @Test
    void everyOperationIsMappedOrRoutedAndEveryOneOfThoseIsDescribed() throws IOException {
        TEXT.answerJson(200, part("text-service"));
        VISION.answerJson(200, part("vision-service"));
        Set<String> described = new TreeSet<>();
        document("/openapi.json")
                .path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .propertyNames()
                        .forEach(method -> described.add(
                                method.toUpperCase(java.util.Locale.ROOT) + " " + unnamed(path.getKey()))));
        Set<String> served = new TreeSet<>();
        mappings.getHandlerMethods()
                .forEach((info, handler) -> info.getPatternsCondition()
                        .getPatterns()
                        .forEach(pattern -> info.getMethodsCondition()
                                .getMethods()
                                .forEach(method ->
                                        served.add(method.name() + " " + unnamed(pattern.getPatternString())))));
        served.removeIf(operation -> UNDOCUMENTED.contains(operation.substring(operation.indexOf(' ') + 1)));
        for (ServiceRoute route : ServiceRoute.ALL) {
            if (route.pattern().contains("{*")) {
                String prefix =
                        "POST " + route.pattern().substring(0, route.pattern().indexOf("{*"));
                assertThat(described).anyMatch(operation -> operation.startsWith(prefix));
                described.stream()
                        .filter(operation -> operation.startsWith(prefix))
                        .forEach(served::add);
                continue;
            }
            route.methods().stream()
                    .filter(method -> method != HttpMethod.HEAD)
                    .forEach(method -> served.add(method.name() + " " + unnamed(route.pattern())));
        }
        assertThat(described).isEqualTo(served);
    }

    /** Path variables may have any name. */
    private static String unnamed(String path) {
        return path.replaceAll("\\{[^}]*}", "{}");
    }

    @Test
    void referencesLeadSomewhereAndSharedSchemasAgree() throws IOException {
        Map<String, JsonNode> schemas = new TreeMap<>();
        for (String service : List.of("text-service", "vision-service", "gateway-service")) {
            JsonNode part = WireJson.mapper().readTree(part(service));
            part.path("components").path("schemas").properties().forEach(schema -> {
                JsonNode other = schemas.putIfAbsent(schema.getKey(), schema.getValue());
                assertThat(other == null || other.equals(schema.getValue()))
                        .as("schema %s of %s is the others'", schema.getKey(), service)
                        .isTrue();
            });
            for (JsonNode reference : part.findValues("$ref")) {
                assertThat(part.at(reference.asString().substring(1)).isMissingNode())
                        .as("%s in %s", reference, service)
                        .isFalse();
            }
        }
    }

    @Test
    void aSilentServiceTakesOnlyItsOwnPathsAway() throws IOException {
        TEXT.answerJson(200, part("text-service"));
        VISION.answerJson(500, "{}");
        JsonNode paths = document("/openapi.json").path("paths");
        assertThat(paths.has("/v1/completions")).isTrue();
        assertThat(paths.has("/v1/files")).isTrue();
        assertThat(paths.has("/v1/vision/classifications")).isFalse();
    }
}
