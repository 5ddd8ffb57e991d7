package dev.triptych.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A service's part of the OpenAPI document: it tells of every operation and of no other, and its examples run. */
public interface OpenApiContract {

    /** Where each service gives its part. */
    String FILE = "/openapi.json";

    /** Of the running service. */
    WebTestClient client();

    /** What the service answers to. */
    RequestMappingHandlerMapping mappings();

    /** How many examples there are at least, so that none is lost unseen. */
    int leastExamples();

    @Test
    default void everyMappedOperationIsDescribedAndNoOther() {
        Set<String> described = new TreeSet<>();
        document()
                .path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .propertyNames()
                        .forEach(method ->
                                described.add(method.toUpperCase(Locale.ROOT) + " " + unnamed(path.getKey()))));
        Set<String> mapped = new TreeSet<>();
        mappings()
                .getHandlerMethods()
                .forEach((info, handler) -> info.getPatternsCondition()
                        .getPatterns()
                        .forEach(pattern -> info.getMethodsCondition()
                                .getMethods()
                                .forEach(method ->
                                        mapped.add(method.name() + " " + unnamed(pattern.getPatternString())))));
        mapped.remove("GET " + FILE);
        assertThat(described).isEqualTo(mapped);
    }

    @Test
    default void everyExampleRuns() {
        List<String> run = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : document().path("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                JsonNode operation = method.getValue();
                JsonNode examples = operation
                        .path("requestBody")
                        .path("content")
                        .path("application/json")
                        .path("examples");
                for (Map.Entry<String, JsonNode> example : examples.properties()) {
                    String uri = filled(path.getKey(), operation.path("parameters"));
                    run.add(run(method.getKey(), uri, example.getValue().path("value")));
                }
            }
        }
        assertThat(run).hasSizeGreaterThanOrEqualTo(leastExamples());
    }

    private JsonNode document() {
        return JsonMapper.shared()
                .readTree(client().get()
                        .uri(FILE)
                        .exchange()
                        .expectStatus()
                        .isOk()
                        .expectHeader()
                        .contentType(MediaType.APPLICATION_JSON)
                        .expectBody()
                        .returnResult()
                        .getResponseBody());
    }

    /** Path variables may have any name. */
    private static String unnamed(String path) {
        return path.replaceAll("\\{[^}]*}", "{}");
    }

    private static String filled(String path, JsonNode parameters) {
        String filled = path;
        for (JsonNode parameter : parameters) {
            if (parameter.path("in").asString().equals("path")) {
                filled = filled.replace(
                        "{" + parameter.path("name").asString() + "}",
                        parameter.path("example").asString());
            }
        }
        return filled;
    }

    private String run(String method, String uri, JsonNode body) {
        EntityExchangeResult<byte[]> answer = client().method(HttpMethod.valueOf(method.toUpperCase(Locale.ROOT)))
                .uri(uri)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body.toString())
                .exchange()
                .expectBody()
                .returnResult();
        byte[] given = answer.getResponseBody();
        String text = given == null ? "" : new String(given, StandardCharsets.UTF_8);
        assertThat(answer.getStatus().value()).as("%s %s: %s", uri, body, text).isEqualTo(200);
        assertThat(text).as("%s %s", uri, body).doesNotContain("\"error\":{");
        return uri;
    }
}
