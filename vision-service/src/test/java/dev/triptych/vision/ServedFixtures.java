package dev.triptych.vision;

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

/** The whole service over the fixtures' graphs, which all tests of this kind share. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "triptych.kafka.enabled=false",
            "triptych.device=cpu",
            "triptych.threads=1",
            "triptych.vision.max-image-size=512KB"
        })
abstract class ServedFixtures {

    static final Path REPOSITORY = repository();

    @LocalServerPort
    int port;

    WebTestClient client = WebTestClient.bindToServer().build();

    private static Path repository() {
        try {
            Path folder = Files.createDirectories(Path.of("target", "served-fixtures"));
            for (String fixture : new String[] {"vit", "yolos", "segformer", "vit-attention"}) {
                if (Files.notExists(folder.resolve(fixture))) {
                    TinyModels.copy(fixture, folder.resolve(fixture));
                }
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
    }
}
