package dev.triptych.gateway.jobs.batches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.triptych.gateway.support.ContainerImages;
import dev.triptych.gateway.support.FakeService;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.DynamicPropertyRegistrar;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;
import tools.jackson.databind.JsonNode;

/** A batch through a gateway whose Kafka and PostgreSQL are containers, as they are in production. */
@ExtendWith(ContainerImages.EngineRequired.class)
class ContainersIT {

    private static final int ITEMS = 40;
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    @Configuration(proxyBeanMethods = false)
    static class Containers {

        @Bean
        @ServiceConnection
        KafkaContainer kafkaContainer() {
            return new KafkaContainer(ContainerImages.kafka()).withStartupTimeout(PATIENCE);
        }

        @Bean
        PostgreSQLContainer postgresqlContainer() {
            return new PostgreSQLContainer(ContainerImages.postgresql())
                    .withDatabaseName("triptych")
                    .withStartupTimeout(PATIENCE);
        }

        /** The store's address has a form of its own. */
        @Bean
        DynamicPropertyRegistrar storeAddress(PostgreSQLContainer postgresql) {
            return registry -> {
                registry.add(
                        "triptych.jobs.store.url",
                        () -> "postgresql://" + postgresql.getHost() + ":" + postgresql.getFirstMappedPort()
                                + "/triptych");
                registry.add("triptych.jobs.store.username", postgresql::getUsername);
                registry.add("triptych.jobs.store.password", postgresql::getPassword);
            };
        }
    }

    @Test
    void aBatchRunsToItsEnd() throws Exception {
        FakeService services = FakeService.start();
        services.answerJson(200, "{\"object\":\"list\",\"data\":[{\"id\":\"m\"}]}");
        try (GatewayProcess gateway = new GatewayProcess(
                        List.of(
                                "--triptych.services.text.url=" + services.url(),
                                "--triptych.services.vision.url=" + services.url()),
                        Containers.class);
                ScriptedWorker worker =
                        new ScriptedWorker(gateway.bean(KafkaContainer.class).getBootstrapServers())) {
            String file = gateway.upload(IntStream.range(0, ITEMS)
                    .mapToObj(item -> """
                            {"custom_id":"%d","method":"POST","url":"/v1/completions","body":{"model":"m","prompt":"p%d"}}""".formatted(item, item))
                    .collect(Collectors.joining("\n")));
            String batch =
                    gateway.create(file, "/v1/completions", "24h").path("id").asString();
            await().atMost(PATIENCE)
                    .until(() -> gateway.batch(batch).path("status").asString().equals("completed"));
            List<JsonNode> output = gateway.lines(gateway.batch(batch).path("output_file_id"));
            assertThat(output.stream().map(line -> line.path("custom_id").asString()))
                    .hasSize(ITEMS)
                    .doesNotHaveDuplicates();
            assertThat(worker.asked).hasSize(ITEMS);
        }
    }
}
