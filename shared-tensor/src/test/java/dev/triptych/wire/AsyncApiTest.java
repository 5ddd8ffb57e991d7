package dev.triptych.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The published description names every topic, every event and every schema, and nothing that there is not. */
class AsyncApiTest {

    private static final Path DOCS = Path.of("..", "docs");

    private final JsonNode page;

    AsyncApiTest() throws IOException {
        page = WireJson.mapper().readTree(Files.readString(DOCS.resolve("asyncapi.json")));
    }

    @Test
    void everyEventIsAMessage() throws IllegalAccessException {
        assertThat(page.path("components")
                        .path("messages")
                        .valueStream()
                        .map(message -> message.path("name").asString()))
                .containsExactlyInAnyOrderElementsOf(constants(EventTypes.class));
    }

    @Test
    void everyTopicIsAChannel() throws IllegalAccessException {
        assertThat(page.path("channels")
                        .valueStream()
                        .map(channel -> channel.path("address").asString()))
                .containsExactlyInAnyOrderElementsOf(constants(Topics.class));
    }

    @Test
    void whatIsReferredToIsThere() {
        assertThat(page.findValues("$ref")).isNotEmpty().allSatisfy(reference -> {
            String target = reference.asString();
            if (target.startsWith("#")) {
                assertThat(page.at(target.substring(1)).isMissingNode())
                        .as(target)
                        .isFalse();
            } else {
                assertThat(DOCS.resolve(target)).isRegularFile();
            }
        });
    }

    private static List<String> constants(Class<?> type) throws IllegalAccessException {
        List<String> values = new ArrayList<>();
        for (Field field : type.getFields()) {
            values.add((String) field.get(null));
        }
        return values;
    }
}
