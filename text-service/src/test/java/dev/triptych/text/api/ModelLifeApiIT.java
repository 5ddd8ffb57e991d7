package dev.triptych.text.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.fake.HttpDoor;
import dev.triptych.text.fake.ScriptedLife;
import dev.triptych.text.runtime.LifeOutcome;
import dev.triptych.text.runtime.ModelDescription.Version;
import dev.triptych.text.runtime.ModelDescription.VersionStatus;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;

@SpringBootTest(
        classes = HttpDoor.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"management.server.port=", "triptych.admin-key=", "triptych.api.unload-patience=10ms"})
@AutoConfigureWebTestClient
class ModelLifeApiIT {

    @Autowired
    WebTestClient client;

    @Autowired
    ScriptedLife life;

    @BeforeEach
    void nothingWasAsked() {
        life.takeHeard();
    }

    @ParameterizedTest
    @ValueSource(strings = {"load", "unload"})
    void withoutAKeyNobodyIsLetInAndLearnsWhatToSet(String action) {
        client.post()
                .uri("/v1/models/en-de/" + action)
                .header("Authorization", "Bearer ")
                .exchange()
                .expectStatus()
                .isForbidden()
                .expectBody()
                .jsonPath("$.error.code")
                .isEqualTo("forbidden")
                .jsonPath("$.error.message")
                .value(String.class, message -> assertThat(message).contains("TRIPTYCH_ADMIN_KEY"));
        assertThat(life.takeHeard()).isEmpty();
    }

    @Nested
    @TestPropertySource(properties = "triptych.admin-key=sesame")
    class WithAKey {

        @ParameterizedTest
        @ValueSource(strings = {"", "Bearer", "Bearer ", "Bearer sesam", "Bearer sesame2", "Basic sesame", "sesame"})
        void aWrongKeyIsRefused(String authorization) {
            WebTestClient.RequestBodySpec request = client.post().uri("/v1/models/en-de/load");
            if (!authorization.isEmpty()) {
                request.header("Authorization", authorization);
            }
            request.exchange()
                    .expectStatus()
                    .isUnauthorized()
                    .expectBody()
                    .jsonPath("$.error.code")
                    .isEqualTo("unauthorized");
            assertThat(life.takeHeard()).isEmpty();
        }

        static Stream<Arguments> refusals() {
            return Stream.of(
                    Arguments.of(new LifeOutcome.Unknown(), 404, "model_not_found", "m"),
                    Arguments.of(new LifeOutcome.Busy(), 503, "unavailable", "is being loaded"),
                    Arguments.of(
                            new LifeOutcome.Refused(List.of("causality: by 0.3")),
                            422,
                            "model_refused",
                            "causality: by 0.3"),
                    Arguments.of(
                            new LifeOutcome.MemoryExceeded("needs 5.0 MiB"), 409, "memory_exceeded", "needs 5.0 MiB"),
                    Arguments.of(new LifeOutcome.Closed(), 503, "unavailable", "shutting down"));
        }

        @ParameterizedTest
        @MethodSource("refusals")
        void whatDoesNotLoadIsSaid(LifeOutcome outcome, int status, String code, String part) {
            life.outcome("m", outcome);
            WebTestClient.ResponseSpec response = post("m", "load");
            response.expectStatus()
                    .isEqualTo(status)
                    .expectBody()
                    .jsonPath("$.error.code")
                    .isEqualTo(code)
                    .jsonPath("$.error.message")
                    .value(String.class, message -> assertThat(message).contains(part));
            if (status == 503) {
                response.expectHeader().valueEquals("Retry-After", "5");
            }
        }

        @Test
        void aLoadedModelIsDescribedWithItsVersions() {
            life.outcome(
                    "m",
                    new LifeOutcome.Ready(life.model("en-de")
                            .withVersions(List.of(
                                    version("0123456789ab", VersionStatus.READY, List.of()),
                                    version("ba9876543210", VersionStatus.FAILED, List.of("too old"))))));
            post("m", "load")
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .jsonPath("$.id")
                    .isEqualTo("en-de")
                    .jsonPath("$.status")
                    .isEqualTo("ready")
                    .jsonPath("$.versions[0].version")
                    .isEqualTo("0123456789ab")
                    .jsonPath("$.versions[0].status")
                    .isEqualTo("ready")
                    .jsonPath("$.versions[0].since")
                    .isEqualTo(1_800_000_000)
                    .jsonPath("$.versions[1].status")
                    .isEqualTo("failed")
                    .jsonPath("$.versions[1].problems[0]")
                    .isEqualTo("too old");
        }

        @Test
        void unloadingAnswersOnceTheMemoryIsFreeAndOtherwiseThatItWillBe() {
            CompletableFuture<Void> freed = new CompletableFuture<>();
            life.outcome(
                    "m",
                    new LifeOutcome.Unloaded(
                            life.model("en-de")
                                    .unloaded()
                                    .withVersions(List.of(version("0123456789ab", VersionStatus.DRAINING, List.of()))),
                            freed));
            post("m", "unload")
                    .expectStatus()
                    .isAccepted()
                    .expectBody()
                    .jsonPath("$.status")
                    .isEqualTo("unloaded")
                    .jsonPath("$.versions[0].status")
                    .isEqualTo("draining");
            freed.complete(null);
            post("m", "unload")
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .jsonPath("$.versions.length()")
                    .isEqualTo(0);
        }

        private Version version(String name, VersionStatus status, List<String> problems) {
            return new Version(name, status, Instant.ofEpochSecond(1_800_000_000), problems);
        }

        private WebTestClient.ResponseSpec post(String id, String action) {
            return client.post()
                    .uri("/v1/models/{id}/{action}", id, action)
                    .header("Authorization", "Bearer sesame")
                    .exchange();
        }
    }
}
