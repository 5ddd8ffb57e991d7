package dev.triptych.gateway.jobs.batches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.triptych.gateway.jobs.store.ItemTable;
import dev.triptych.wire.Topics;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A batch's whole way, against a real broker and a real store, whichever database it is. */
abstract class BatchesContract extends BatchesFixture {

    @Test
    void aBatchRunsToItsEndInOpenAisShapes() {
        String file = gateway.upload(IntStream.range(0, 60)
                .mapToObj(i -> line("id-" + i, i % 20 == 7 ? "refuse" : "text " + i))
                .collect(Collectors.joining("\n")));
        JsonNode created = gateway.create(file, COMPLETIONS, "24h");
        assertThat(created.propertyNames())
                .containsExactlyInAnyOrder(
                        "id",
                        "object",
                        "endpoint",
                        "errors",
                        "input_file_id",
                        "completion_window",
                        "status",
                        "output_file_id",
                        "error_file_id",
                        "created_at",
                        "in_progress_at",
                        "expires_at",
                        "finalizing_at",
                        "completed_at",
                        "failed_at",
                        "expired_at",
                        "cancelling_at",
                        "cancelled_at",
                        "request_counts",
                        "metadata");
        assertThat(created.path("object").asString()).isEqualTo("batch");
        assertThat(created.path("status").asString()).isEqualTo("validating");
        assertThat(created.path("metadata").path("a").asString()).isEqualTo("b");
        assertThat(created.path("expires_at").asLong()
                        - created.path("created_at").asLong())
                .isEqualTo(86_400);

        JsonNode batch = ended(created);
        assertThat(batch.path("status").asString()).isEqualTo("completed");
        assertCounts(batch, 60, 57, 3);
        for (String time : List.of("in_progress_at", "finalizing_at", "completed_at")) {
            assertThat(batch.path(time).isNumber()).as(time).isTrue();
        }
        List<JsonNode> output = gateway.lines(batch.path("output_file_id"));
        assertThat(output.stream().map(each -> each.path("custom_id").asString()))
                .containsExactlyElementsOf(IntStream.range(0, 60)
                        .filter(i -> i % 20 != 7)
                        .mapToObj(i -> "id-" + i)
                        .toList());
        JsonNode first = output.getFirst();
        assertThat(first.propertyNames()).containsExactlyInAnyOrder("id", "custom_id", "response", "error");
        assertThat(first.path("error").isNull()).isTrue();
        assertThat(first.path("response").propertyNames())
                .containsExactlyInAnyOrder("status_code", "request_id", "body");
        assertThat(first.path("response").path("status_code").asInt()).isEqualTo(200);
        assertThat(first.path("response").path("body").path("text").asString()).isEqualTo("TEXT 0");
        JsonNode error = gateway.lines(batch.path("error_file_id")).getFirst();
        assertThat(error.path("custom_id").asString()).isEqualTo("id-7");
        assertThat(error.path("response").path("status_code").asInt()).isEqualTo(422);
        assertThat(error.path("response")
                        .path("body")
                        .path("error")
                        .path("param")
                        .asString())
                .isEqualTo("prompt");
        assertThat(JsonMapper.builder()
                        .build()
                        .readTree(gateway.get("/v1/files/"
                                        + batch.path("output_file_id").asString())
                                .body())
                        .path("purpose")
                        .asString())
                .isEqualTo("batch_output");
        JsonNode list = JsonMapper.builder()
                .build()
                .readTree(gateway.get("/v1/batches?limit=1").body());
        assertThat(list.path("data").path(0)).isEqualTo(batch);
    }

    @Test
    void picturesGoToTheVisionWorker() {
        String file = gateway.upload(
                "{\"custom_id\":\"p\",\"method\":\"POST\",\"url\":\"/v1/vision/classifications\",\"body\":{\"image\":\"abc\"}}");
        JsonNode batch = ended(gateway.create(file, "/v1/vision/classifications", "24h"));
        JsonNode body = gateway.lines(batch.path("output_file_id"))
                .getFirst()
                .path("response")
                .path("body");
        assertThat(body.path("labels").path(0).path("label").asString()).isEqualTo("abc");
        assertThat(body.path("width").asInt()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01,"
                + "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "none at all,null"
    })
    void itemsCarryTheirJobAndItsTrace(String traceParent, String carried) {
        String file = gateway.upload(line("a", "text"));
        JsonNode created = gateway.createTraced(
                "{\"input_file_id\":\"%s\",\"endpoint\":\"%s\",\"completion_window\":\"1h\"}"
                        .formatted(file, COMPLETIONS),
                traceParent);
        String id = ended(created).path("id").asString();
        assertThat(worker.origins.get(id + "-1")).isEqualTo(id + " " + carried);
    }

    /** The issue's own figures. */
    @Test
    void fiftyThousandLinesWithAHundredBadOnesOfTenKinds() {
        List<String> bad = List.of(
                "{not json",
                "[1]",
                "{\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":{\"model\":\"m\"}}",
                "{\"custom_id\":7,\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":{\"model\":\"m\"}}",
                line("id-1", "doubled"),
                "{\"custom_id\":\"g%d\",\"method\":\"GET\",\"url\":\"/v1/completions\",\"body\":{\"model\":\"m\"}}",
                "{\"custom_id\":\"u%d\",\"method\":\"POST\",\"url\":\"/v1/embeddings\",\"body\":{\"model\":\"m\"}}",
                "{\"custom_id\":\"b%d\",\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":[]}",
                "{\"custom_id\":\"m%d\",\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":{}}",
                "{\"custom_id\":\"n%d\",\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":{\"model\":\"none\"}}");
        List<String> codes = List.of(
                "invalid_json_line",
                "invalid_line",
                "missing_custom_id",
                "invalid_custom_id",
                "duplicate_custom_id",
                "invalid_method",
                "invalid_url",
                "invalid_body",
                "missing_model",
                "model_not_found");
        StringBuilder input = new StringBuilder();
        for (int i = 1; i <= 50_000; i++) {
            int kind = i % 500 == 0 ? i / 500 % 10 : -1;
            input.append(kind < 0 ? line("id-" + i, "text") : bad.get(kind).replace("%d", "" + i))
                    .append('\n');
        }
        JsonNode batch = ended(gateway.create(gateway.upload(input.toString()), COMPLETIONS, "24h"));
        assertCounts(batch, 50_000, 49_900, 100);
        assertThat(gateway.lines(batch.path("output_file_id")).stream()
                        .map(each -> each.path("custom_id").asString())
                        .distinct())
                .hasSize(49_900);
        List<JsonNode> errors = gateway.lines(batch.path("error_file_id"));
        assertThat(errors).hasSize(100);
        for (JsonNode each : errors) {
            JsonNode error = each.path("error");
            int line = error.path("line").asInt();
            assertThat(error.path("code").asString()).isEqualTo(codes.get(line / 500 % 10));
            assertThat(error.path("message").asString())
                    .startsWith("line " + line + ": ")
                    .hasSizeGreaterThan(20);
            assertThat(each.path("response").isNull()).isTrue();
        }
        assertThat(errors.stream().map(each -> each.path("error").path("line").asInt()))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 100).map(i -> i * 500).boxed().toList());
    }

    @Test
    void aGatewayRestartedInTheMiddleLosesAndDoublesNothing() {
        gateway.close();
        gateway = start(Map.of("triptych.jobs.window", "300"));
        worker.budget = 700;
        String file = gateway.upload(IntStream.range(0, 2000)
                .mapToObj(i -> line("id-" + i, "text " + i))
                .collect(Collectors.joining("\n")));
        JsonNode created = gateway.create(file, COMPLETIONS, "24h");
        await().atMost(PATIENCE).until(() -> worker.budget <= 0);
        String id = created.path("id").asString();
        await().atMost(PATIENCE)
                .until(() -> Waits.get(gateway.bean(BatchStore.class).batches().find(id))
                                .inFlight()
                        >= 200);
        gateway.close();
        worker.budget = 200;
        await().atMost(PATIENCE).until(() -> worker.budget <= 0);
        gateway = start(Map.of("triptych.jobs.window", "300"));
        worker.budget = Integer.MAX_VALUE;

        JsonNode batch = ended(created);
        assertCounts(batch, 2000, 2000, 0);
        assertThat(gateway.lines(batch.path("output_file_id")).stream()
                        .map(each -> each.path("custom_id").asString()))
                .containsExactlyElementsOf(
                        IntStream.range(0, 2000).mapToObj(i -> "id-" + i).toList());
    }

    @Test
    void resultsThatComeTwiceCountOnce() {
        worker.doubles = true;
        String file = gateway.upload(IntStream.range(0, 300)
                .mapToObj(i -> line("id-" + i, i % 3 == 0 ? "refuse" : "text"))
                .collect(Collectors.joining("\n")));
        JsonNode batch = ended(gateway.create(file, COMPLETIONS, "24h"));
        assertCounts(batch, 300, 200, 100);
        assertThat(gateway.lines(batch.path("output_file_id"))).hasSize(200);
        assertThat(gateway.lines(batch.path("error_file_id"))).hasSize(100);
    }

    @Test
    void theStoreSaysWhereResultsAreReadFrom() {
        worker.held = true;
        JsonNode created = gateway.create(gateway.upload(line("one", "text")), COMPLETIONS, "24h");
        await().atMost(PATIENCE).until(() -> status(created).equals("in_progress"));
        worker.held = false;
        assertCounts(ended(created), 1, 1, 0);
        ItemTable items = gateway.bean(BatchStore.class).items();
        long read = IntStream.range(0, 6)
                .mapToLong(partition -> Waits.get(items.offset(Topics.TEXT_RESULTS, partition)))
                .sum();
        assertThat(read).isPositive();
    }

    @Test
    void aCanceledBatchSendsNoMoreAndKeepsWhatItHas() {
        gateway.close();
        gateway = start(Map.of("triptych.jobs.window", "100", "triptych.jobs.cancel-patience", "60s"));
        worker.held = true;
        String file = gateway.upload(
                IntStream.range(0, 1000).mapToObj(i -> line("id-" + i, "text")).collect(Collectors.joining("\n")));
        JsonNode created = gateway.create(file, COMPLETIONS, "24h");
        String id = created.path("id").asString();
        await().atMost(PATIENCE).until(() -> status(created).equals("in_progress"));
        await().atMost(PATIENCE)
                .until(() -> Waits.get(gateway.bean(BatchStore.class).batches().find(id))
                                .inFlight()
                        == 100);
        HttpResponse<String> refused = gateway.delete("/v1/files/" + file);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains(id);

        assertThat(gateway.post("/v1/batches/" + id + "/cancel", "").statusCode())
                .isEqualTo(200);
        assertThat(gateway.post("/v1/batches/" + id + "/cancel", "").statusCode())
                .isEqualTo(200);
        worker.held = false;
        JsonNode batch = ended(created);
        assertThat(batch.path("status").asString()).isEqualTo("cancelled");
        assertCounts(batch, 1000, 100, 900);
        assertThat(worker.asked.keySet().stream().filter(each -> each.startsWith(id)))
                .hasSize(100);
        assertThat(gateway.lines(batch.path("output_file_id"))).hasSize(100);
        List<JsonNode> errors = gateway.lines(batch.path("error_file_id"));
        assertThat(errors).hasSize(900);
        assertThat(errors.getFirst().path("error").path("code").asString()).isEqualTo("batch_cancelled");
        assertThat(gateway.delete("/v1/files/" + file).statusCode()).isEqualTo(200);
    }

    @Test
    void aBatchThatTakesTooLongExpires() {
        worker.held = true;
        JsonNode created =
                gateway.create(gateway.upload(line("a", "text") + "\n\n  \r\n" + line("b", "text")), COMPLETIONS, "1s");
        JsonNode batch = ended(created);
        worker.held = false;
        assertThat(batch.path("status").asString()).isEqualTo("expired");
        assertThat(batch.path("expired_at").isNumber()).isTrue();
        assertCounts(batch, 2, 0, 2);
        assertThat(batch.path("output_file_id").isNull()).isTrue();
        assertThat(gateway.lines(batch.path("error_file_id")).stream()
                        .map(each -> each.path("custom_id").asString() + " "
                                + each.path("error").path("code").asString()))
                .containsExactly("a batch_expired", "b batch_expired");
    }

    @Test
    void aFileWithoutRequestsOrWithTooManyFailsAsAWhole() {
        JsonNode empty = ended(gateway.create(gateway.upload("\n\n"), COMPLETIONS, "24h"));
        assertThat(empty.path("status").asString()).isEqualTo("failed");
        assertThat(empty.path("errors").path("object").asString()).isEqualTo("list");
        assertThat(empty.path("errors").path("data").path(0).path("code").asString())
                .isEqualTo("empty_file");
        gateway.close();
        gateway = start(Map.of("triptych.jobs.max-items", "2"));
        JsonNode tooMany = ended(gateway.create(
                gateway.upload(line("a", "x") + "\n" + line("b", "x") + "\n" + line("c", "x")), COMPLETIONS, "24h"));
        assertThat(tooMany.path("status").asString()).isEqualTo("failed");
        assertThat(tooMany.path("errors").path("data").path(0).path("line").asInt())
                .isEqualTo(3);
    }

    @Test
    void progressIsStreamedToItsEnd() {
        String file = gateway.upload(
                IntStream.range(0, 500).mapToObj(i -> line("id-" + i, "text")).collect(Collectors.joining("\n")));
        JsonNode created = gateway.create(file, COMPLETIONS, "24h");
        String stream = gateway.get("/v1/batches/" + created.path("id").asString() + "/events")
                .body();
        List<String> data = stream.lines()
                .filter(each -> each.startsWith("data:"))
                .map(each -> each.substring(5))
                .toList();
        assertThat(data.getLast()).isEqualTo("[DONE]");
        JsonNode last = JsonMapper.builder().build().readTree(data.get(data.size() - 2));
        assertThat(last.path("status").asString()).isEqualTo("completed");
        assertThat(last.path("request_counts").path("completed").asInt()).isEqualTo(500);
        assertThat(gateway.get("/v1/batches/none/events").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "[]; 400; ",
                "{}; 400; endpoint",
                "{'endpoint':'/v1/images','completion_window':'24h','input_file_id':'x'}; 422; endpoint",
                "{'endpoint':'/v1/completions','input_file_id':'x'}; 400; completion_window",
                "{'endpoint':'/v1/completions','completion_window':'15d','input_file_id':'x'}; 422; completion_window",
                "{'endpoint':'/v1/completions','completion_window':'soon','input_file_id':'x'}; 422; completion_window",
                "{'endpoint':'/v1/completions','completion_window':'24h'}; 400; input_file_id",
                "{'endpoint':'/v1/completions','completion_window':'24h','input_file_id':'x'}; 404; input_file_id",
                "{'endpoint':'/v1/completions','completion_window':'24h','input_file_id':'x','y':1}; 400; y",
                "{'endpoint':'/v1/completions','completion_window':'24h','input_file_id':'x','metadata':{'a':1}}; 422; metadata"
            })
    void whatCannotBeABatchIsRefusedByField(String body, int status, String field) {
        HttpResponse<String> reply = gateway.post("/v1/batches", body.replace('\'', '"'));
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(status);
        JsonNode error = JsonMapper.builder().build().readTree(reply.body()).path("error");
        assertThat(error.path("param").asString(null)).isEqualTo(field);
        assertThat(error.path("message").asString()).isNotEmpty();
    }
}
