package dev.triptych.gateway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.wire.WireJson;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OpenApiDocumentTest {

    private static JsonNode json(String text) {
        return WireJson.mapper().readTree(text.replace('\'', '"'));
    }

    @Test
    void pathsAndSchemasOfAllAreThereAndTheEarlierWins() {
        JsonNode own = json("{'info':{'title':'own'},'paths':{'/a':{'get':{'summary':'own'}}},"
                + "'components':{'schemas':{'Error':{'type':'object'}}}}");
        JsonNode text =
                json("{'info':{'title':'text'},'paths':{'/a':{'get':{'summary':'text'},'post':{'summary':'text'}},"
                        + "'/b':{'get':{}}},'components':{'schemas':{'Error':{'type':'string'},'B':{}}}}");
        JsonNode vision =
                json("{'paths':{'/b':{'get':{'summary':'late'}},'/c':{}},'components':{'securitySchemes':{'k':{}}}}");

        JsonNode merged = OpenApiDocument.merge(own, List.of(text, vision), "1.2");

        assertThat(merged.at("/info/title").asString()).isEqualTo("own");
        assertThat(merged.at("/info/version").asString()).isEqualTo("1.2");
        assertThat(merged.path("paths").propertyNames()).containsExactlyInAnyOrder("/a", "/b", "/c");
        assertThat(merged.path("paths").path("/a").path("get").path("summary").asString())
                .isEqualTo("own");
        assertThat(merged.path("paths").path("/a").path("post").path("summary").asString())
                .isEqualTo("text");
        assertThat(merged.path("paths").path("/b").path("get").has("summary")).isFalse();
        assertThat(merged.at("/components/schemas/Error/type").asString()).isEqualTo("object");
        assertThat(merged.path("components").propertyNames()).contains("schemas", "securitySchemes");
        assertThat(own.path("paths").propertyNames()).containsExactly("/a");
    }
}
