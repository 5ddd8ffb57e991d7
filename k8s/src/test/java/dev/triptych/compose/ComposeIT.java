package dev.triptych.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Compose comes up, translates, works through a batch while a container is killed, and updates without a failed
 * request. Minutes long, with the jars and the images built:
 * {@code ./mvnw -pl k8s verify -Dit.test=ComposeIT -Dtriptych.compose=true}.
 */
@EnabledIfSystemProperty(named = "triptych.compose", matches = "true", disabledReason = "the long form, run by command")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ComposeIT {

    private static final Duration START = Duration.ofMinutes(5);
    private static final int ITEMS = 300;
    private static final int CLIENTS = 4;
    private static final String SENTENCE =
            "{\"q\": \"The file could not be opened.\", \"source\": \"en\", \"target\": \"de\"}";

    private static final Suite suite = new Suite();

    @BeforeAll
    static void up() throws IOException, InterruptedException {
        suite.compose("up", "--detach");
        ready();
    }

    @AfterAll
    static void down() throws IOException, InterruptedException {
        suite.compose("down", "--volumes");
    }

    @Test
    @Order(1)
    void theCallsOfTheReadmeWork() throws IOException, InterruptedException {
        JsonNode answer = suite.postJson("/translate", SENTENCE);
        assertThat(answer.path("translatedText").asText()).contains("Datei");
        List<String> models = new ArrayList<>();
        suite.getJson("/v1/models")
                .path("data")
                .forEach(model -> models.add(model.path("id").asText()));
        assertThat(models).contains("triptych-en-de", "triptych-flags");
        assertThat(suite.postJson(
                                "/v1/translations",
                                "{\"model\": \"triptych-en-de\", \"source\": \"en\", \"target\": \"de\", "
                                        + "\"input\": \"Save the document.\", \"strategy\": \"speculative\"}")
                        .at("/data/0/text")
                        .asText())
                .isNotBlank();
    }

    @Test
    @Order(2)
    void aBatchOutlivesAKilledContainer() throws IOException, InterruptedException {
        String lines = IntStream.range(0, ITEMS)
                .mapToObj(item ->
                        "{\"custom_id\": \"" + item + "\", \"method\": \"POST\", \"url\": \"/v1/translations\", "
                                + "\"body\": {\"model\": \"triptych-en-de\", \"source\": \"en\", \"target\": \"de\", "
                                + "\"input\": \"Page " + item + " of the manual describes the printer.\"}}")
                .collect(Collectors.joining("\n"));
        String batch = suite.postJson(
                        "/v1/batches",
                        "{\"input_file_id\": \"" + suite.upload(lines)
                                + "\", \"endpoint\": \"/v1/translations\", \"completion_window\": \"24h\"}")
                .path("id")
                .asText();
        await().atMost(START)
                .until(() -> suite.getJson("/v1/batches/" + batch)
                                .at("/request_counts/completed")
                                .asInt()
                        > 0);
        String worker = suite.containers("text-service").getFirst();
        suite.run(List.of("docker", "kill", worker));
        suite.run(List.of("docker", "start", worker));
        await().atMost(START)
                .until(() -> suite.getJson("/v1/batches/" + batch)
                        .path("status")
                        .asText()
                        .equals("completed"));
        JsonNode ended = suite.getJson("/v1/batches/" + batch);
        assertThat(ended.at("/request_counts/failed").asInt()).isZero();
        ObjectMapper json = new ObjectMapper();
        List<String> ids = new ArrayList<>();
        for (String line : suite.get("/v1/files/" + ended.path("output_file_id").asText() + "/content")
                .body()
                .lines()
                .toList()) {
            ids.add(json.readTree(line).path("custom_id").asText());
        }
        assertThat(ids).hasSize(ITEMS).doesNotHaveDuplicates();
    }

    @Test
    @Order(3)
    void anUpdateUnderLoadFailsNoRequest() throws Exception {
        suite.compose("up", "--detach", "--scale", "text-service=2", "--no-recreate");
        ready();
        await().atMost(START).until(() -> suite.compose("ps", "text-service").split("\\(healthy\\)", -1).length == 3);
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger answered = new AtomicInteger();
        Queue<String> failed = new ConcurrentLinkedQueue<>();
        List<Thread> clients = IntStream.range(0, CLIENTS)
                .mapToObj(client -> Thread.ofVirtual().start(() -> ask(over, answered, failed)))
                .toList();
        for (String container : suite.containers("text-service")) {
            suite.run(List.of("docker", "stop", "--time", "40", container));
            suite.run(List.of("docker", "start", container));
            await().atMost(START)
                    .until(() -> suite.run(
                                    List.of("docker", "inspect", "--format", "{{.State.Health.Status}}", container))
                            .strip()
                            .equals("healthy"));
        }
        over.set(true);
        for (Thread client : clients) {
            client.join();
        }
        System.out.println("update under load: " + answered + " requests answered, " + failed.size() + " failed");
        assertThat(failed).isEmpty();
        assertThat(answered.get()).isGreaterThan(100);
    }

    private static void ask(AtomicBoolean over, AtomicInteger answered, Queue<String> failed) {
        while (!over.get()) {
            try {
                HttpResponse<String> answer = suite.post("/translate", SENTENCE);
                if (answer.statusCode() == 200) {
                    answered.incrementAndGet();
                } else {
                    failed.add(answer.statusCode() + " " + answer.body());
                }
            } catch (IOException e) {
                failed.add(e.toString());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void ready() {
        await().atMost(START)
                .ignoreExceptions()
                .until(() -> suite.post("/translate", SENTENCE).statusCode() == 200);
    }
}
