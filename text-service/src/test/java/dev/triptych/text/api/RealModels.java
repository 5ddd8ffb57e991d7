package dev.triptych.text.api;

import static org.awaitility.Awaitility.await;

import dev.triptych.testkit.Checkout;
import dev.triptych.testkit.Fixtures;
import dev.triptych.text.TextServiceApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole service over real graphs, which all tests of this kind share: tiny ones and those that ship. */
@SpringBootTest(
        classes = TextServiceApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"triptych.kafka.enabled=false", "triptych.device=cpu", "triptych.threads=1"})
abstract class RealModels {

    static final JsonMapper JSON = JsonMapper.builder().build();

    static final Path REPOSITORY = repository();

    @LocalServerPort
    int port;

    WebTestClient client = WebTestClient.bindToServer().build();

    private static Path repository() {
        try {
            Path folder = Files.createTempDirectory("triptych-models");
            folder.toFile().deleteOnExit();
            link(folder.resolve("bert"), Fixtures.path("bert"));
            link(folder.resolve("gpt2"), Fixtures.path("gpt2"));
            link(folder.resolve("your-chat-model"), Fixtures.path("qwen2"));
            link(folder.resolve("all-minilm-l6-v2"), Checkout.path("models/all-minilm-l6-v2"));
            link(folder.resolve("triptych-en-de"), Checkout.path("models/triptych-en-de"));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void link(Path link, Path target) throws IOException {
        Files.createSymbolicLink(link, target).toFile().deleteOnExit();
    }

    @DynamicPropertySource
    static void models(DynamicPropertyRegistry registry) {
        registry.add("triptych.models", REPOSITORY::toString);
    }

    @BeforeEach
    void connect() {
        client = WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(16 << 20))
                .responseTimeout(Duration.ofSeconds(60))
                .build();
        await().atMost(Duration.ofSeconds(120)).until(this::allReady);
    }

    private boolean allReady() {
        JsonNode models = JSON.readTree(client.get()
                .uri("/v1/models")
                .exchange()
                .expectBody()
                .returnResult()
                .getResponseBody());
        return models.path("data").size() == 5
                && models.path("data")
                        .valueStream()
                        .allMatch(model -> model.path("status").asString().equals("ready"));
    }
}
