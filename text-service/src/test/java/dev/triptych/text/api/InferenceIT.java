package dev.triptych.text.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.NamedTensors;
import dev.triptych.engine.SessionOptions;
import dev.triptych.engine.onnx.OnnxModelSessions;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.testkit.Fixtures;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The Open Inference Protocol over real graphs; the numbers are onnxruntime's in Python. */
class InferenceIT extends RealModels {

    private static final String LENGTH = "Inference-Header-Content-Length";

    @ParameterizedTest
    @ValueSource(strings = {"bert", "all-minilm-l6-v2"})
    void numbersAreOnnxRuntimes(String model) {
        JsonNode golden = golden(model);
        JsonNode answer = json(post(model, golden.path("request")), 200);
        assertThat(answer.path("model_name").stringValue()).isEqualTo(model);
        assertThat(answer.path("id").stringValue()).isEqualTo("golden");
        JsonNode output = answer.path("outputs").get(0);
        JsonNode expected = golden.path("outputs").get(0);
        assertThat(output.path("name")).isEqualTo(expected.path("name"));
        assertThat(output.path("shape")).isEqualTo(expected.path("shape"));
        assertThat(output.path("datatype").stringValue()).isEqualTo("FP32");
        // Python's is another version of the runtime; single roundings differ.
        assertThat(farthest(output.path("data"), expected.path("data"))).isLessThanOrEqualTo(3e-6);
        assertThat(farthest(output.path("data"), sameRuntime(model, golden.path("request"))))
                .isZero();
    }

    /** What the service's own version of ONNX Runtime gives without the service. */
    private static JsonNode sameRuntime(String model, JsonNode request) {
        try (Arena arena = Arena.ofConfined();
                ModelSession session = new OnnxModelSessions()
                        .open(
                                REPOSITORY.resolve(model).resolve("onnx/model.onnx"),
                                new SessionOptions(new DeviceRequest.Cpu(), 1))) {
            NamedTensors inputs = new NamedTensors();
            for (JsonNode input : request.path("inputs")) {
                Tensor tensor = Tensor.allocate(arena, DType.INT64, Shape.of(2, 9));
                for (int i = 0; i < 18; i++) {
                    tensor.setLong(i, input.path("data").get(i).longValue());
                }
                inputs.put(input.path("name").stringValue(), tensor);
            }
            Tensor states = session.run(inputs, Set.of()).get("last_hidden_state");
            ArrayNode data = JSON.createArrayNode();
            for (int i = 0; i < states.shape().elementCount(); i++) {
                data.add(Double.parseDouble(Float.toString(states.getFloat(i))));
            }
            return data;
        }
    }

    @Test
    void rawTensorsInAndOutAreTheNumbersOfJson() {
        JsonNode golden = golden("bert");
        JsonNode plain = json(post("bert", golden.path("request")), 200);
        ObjectNode request = (ObjectNode) golden.path("request").deepCopy();
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        for (JsonNode input : request.path("inputs")) {
            JsonNode data = ((ObjectNode) input).remove("data");
            ByteBuffer bytes = ByteBuffer.allocate(data.size() * 8).order(ByteOrder.LITTLE_ENDIAN);
            data.forEach(id -> bytes.putLong(id.longValue()));
            raw.writeBytes(bytes.array());
            ((ObjectNode) input).putObject("parameters").put("binary_data_size", data.size() * 8);
        }
        request.putObject("parameters").put("binary_data_output", true);
        byte[] head = JSON.writeValueAsBytes(request);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(head);
        body.writeBytes(raw.toByteArray());
        EntityExchangeResult<byte[]> answer = client.post()
                .uri("/v2/models/bert/infer")
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .header(LENGTH, Integer.toString(head.length))
                .bodyValue(body.toByteArray())
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult();
        byte[] bytes = answer.getResponseBody();
        int length = Integer.parseInt(String.valueOf(answer.getResponseHeaders().getFirst(LENGTH)));
        JsonNode json = JSON.readTree(bytes, 0, length);
        ByteBuffer floats =
                ByteBuffer.wrap(bytes, length, bytes.length - length).order(ByteOrder.LITTLE_ENDIAN);
        JsonNode data = plain.path("outputs").get(0).path("data");
        assertThat(json.at("/outputs/0/parameters/binary_data_size").intValue()).isEqualTo(data.size() * 4);
        for (JsonNode number : data) {
            assertThat(floats.getFloat()).isEqualTo((float) number.doubleValue());
        }
    }

    @Test
    void metadataNamesWhatTheGraphTakesAndGives() {
        JsonNode metadata = json(client.get().uri("/v2/models/bert"), 200);
        assertThat(metadata.path("name").stringValue()).isEqualTo("bert");
        assertThat(metadata.path("platform").stringValue()).isEqualTo("onnxruntime_onnx");
        assertThat(metadata.at("/inputs/0").toString())
                .isEqualTo("{\"name\":\"input_ids\",\"datatype\":\"INT64\",\"shape\":[-1,-1]}");
        assertThat(metadata.at("/outputs/0/shape").toString()).isEqualTo("[-1,-1,32]");
        JsonNode generating = json(client.get().uri("/v2/models/gpt2"), 200);
        assertThat(generating.at("/inputs/0/name").stringValue()).isEqualTo("text_input");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            bert | {'inputs':[]}                                                                    | 422 | "input_ids" is missing
            bert | {'inputs':[{'name':'ids','shape':[1,2],'datatype':'INT64','data':[1,2]}]}        | 422 | inputs[0].name must be one of
            bert | {'inputs':[{'name':'input_ids','shape':[1,2],'datatype':'INT32','data':[1,2]}]}  | 422 | inputs[0].datatype must be INT64
            bert | {'inputs':[{'name':'input_ids','shape':[2],'datatype':'INT64','data':[1,2]}]}    | 422 | inputs[0].shape must be [-1, -1]
            bert | {'inputs':[{'name':'input_ids','shape':[1,65],'datatype':'INT64','data':[IDS65]}]} | 422 | inputs[0].shape[1] must be from 1 to 64
            bert | {'inputs':[{'name':'input_ids','shape':[65,1],'datatype':'INT64','data':[IDS65]}]} | 422 | inputs[0].shape[0] must be from 1 to 64
            bert | {'inputs':[ALL,'x']} | 422 | inputs[3] must be an object
            bert | {'inputs':[ALL],'outputs':[{'name':'pooler'}]} | 422 | outputs[0].name must be one of
            bert | {'inputs':[OUT]} | 422 | cannot be run by the graph
            bert | {'inputs':[UNEQUAL]} | 422 | cannot be run by the graph
            bert | [1]   | 400 | must be a JSON object
            gpt2 | {'inputs':[]} | 422 | /v2/models/gpt2/generate
            nobody | {'inputs':[]} | 404 | there is no model "nobody"
            """)
    void whatDoesNotFitTheGraphIsA4xxThatNamesIt(String model, String body, int status, String rule) {
        String all =
                input("input_ids", 1, 2) + "," + input("attention_mask", 1, 2) + "," + input("token_type_ids", 1, 2);
        String given = body.replace("UNEQUAL", all.replaceFirst("\\[1,2\\]", "[2,1]"))
                .replace("ALL", all)
                .replace("OUT", all.replaceFirst("'data':\\[1", "'data':[99999"))
                .replace("IDS65", "1,".repeat(64) + "1")
                .replace('\'', '"');
        JsonNode error = json(
                client.post()
                        .uri("/v2/models/" + model + "/infer")
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(given),
                status);
        assertThat(error.path("error").stringValue()).contains(rule);
        assertThat(error.size()).isEqualTo(1);
    }

    @Test
    void generateContinuesAPrompt() {
        String body = "{\"id\":\"7\",\"text_input\":\"the cat\",\"parameters\":{\"max_tokens\":5,\"temperature\":0%s}}";
        JsonNode whole = json(post("gpt2", "generate", body.formatted("")), 200);
        assertThat(whole.path("model_name").stringValue()).isEqualTo("gpt2");
        assertThat(whole.path("id").stringValue()).isEqualTo("7");
        assertThat(whole.has("details")).isFalse();
        JsonNode detailed = json(post("gpt2", "generate", body.formatted(",\"details\":true")), 200);
        assertThat(detailed.path("text_output")).isEqualTo(whole.path("text_output"));
        assertThat(detailed.at("/details/finish_reason").stringValue()).isIn("length", "eos_token");
        assertThat(detailed.at("/details/logprobs").size()).isBetween(1, 5);
        assertThat(detailed.at("/details/logprobs/0/logprob").doubleValue()).isNegative();
        StringBuilder streamed = new StringBuilder();
        for (String event : post("gpt2", "generate_stream", body.formatted(""))
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.TEXT_EVENT_STREAM)
                .returnResult(String.class)
                .getResponseBody()
                .collectList()
                .block(Duration.ofSeconds(30))) {
            streamed.append(JSON.readTree(event).path("text_output").stringValue());
        }
        assertThat(streamed.toString()).isEqualTo(whole.path("text_output").stringValue());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            gpt2 | {}                                                       | 422 | text_input is required
            gpt2 | {'text_input':['a']}                                     | 422 | text_input must be a string
            gpt2 | {'text_input':'a','parameters':{'max_tokens':0}}         | 422 | max_tokens must be from 1
            gpt2 | {'text_input':'a','parameters':{'n':2}}                  | 422 | parameters.n must be absent
            gpt2 | {'text_input':'a','parameters':{'tempo':2}}              | 400 | unknown field tempo
            gpt2 | {'text_input':'a','parameters':{'details':1}}            | 422 | parameters.details must be true or false
            bert | {'text_input':'a'}                                       | 422 | generates no text
            nobody | {'text_input':'a'}                                     | 404 | there is no model
            """)
    void whatCannotBeGeneratedIsA4xx(String model, String body, int status, String rule) {
        JsonNode error = json(post(model, "generate", body.replace('\'', '"')), status);
        assertThat(error.path("error").stringValue()).contains(rule);
    }

    private static String input(String name, int rows, int columns) {
        return "{'name':'%s','shape':[%d,%d],'datatype':'INT64','data':[1%s]}"
                .formatted(name, rows, columns, ",1".repeat(rows * columns - 1));
    }

    private static JsonNode golden(String model) {
        return JSON.readTree(
                Fixtures.path(model).resolve("golden-inference.json").toFile());
    }

    private static double farthest(JsonNode data, JsonNode expected) {
        assertThat(data.size()).isEqualTo(expected.size());
        double farthest = 0;
        for (int i = 0; i < data.size(); i++) {
            farthest = Math.max(
                    farthest,
                    Math.abs(data.get(i).doubleValue() - expected.get(i).doubleValue()));
        }
        return farthest;
    }

    private WebTestClient.RequestHeadersSpec<?> post(String model, JsonNode body) {
        return post(model, "infer", JSON.writeValueAsString(body));
    }

    private WebTestClient.RequestHeadersSpec<?> post(String model, String call, String body) {
        return client.post()
                .uri("/v2/models/" + model + "/" + call)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body);
    }

    private static JsonNode json(WebTestClient.RequestHeadersSpec<?> request, int status) {
        return JSON.readTree(request.exchange()
                .expectStatus()
                .isEqualTo(status)
                .expectBody()
                .returnResult()
                .getResponseBody());
    }
}
