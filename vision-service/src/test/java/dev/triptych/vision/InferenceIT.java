package dev.triptych.vision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.testkit.Fixtures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The Open Inference Protocol over real graphs; the numbers are onnxruntime's in Python. */
class InferenceIT extends ServedFixtures {

    @ParameterizedTest
    @ValueSource(strings = {"vit", "yolos"})
    void numbersAreOnnxRuntimes(String model) {
        JsonNode golden = JsonMapper.shared()
                .readTree(Fixtures.path(model).resolve("golden-inference.json").toFile());
        JsonNode answer = json(post(model, golden.path("request").toString()), 200);
        assertThat(answer.path("outputs").size())
                .isEqualTo(golden.path("outputs").size());
        for (int i = 0; i < golden.path("outputs").size(); i++) {
            // Python's is another version of the runtime; single roundings differ.
            JsonNode expected = golden.path("outputs").get(i);
            JsonNode output = answer.path("outputs").get(i);
            assertThat(output.path("name")).isEqualTo(expected.path("name"));
            assertThat(output.path("shape")).isEqualTo(expected.path("shape"));
            double largest = expected.path("data")
                    .valueStream()
                    .mapToDouble(value -> Math.abs(value.doubleValue()))
                    .max()
                    .orElseThrow();
            for (int j = 0; j < expected.path("data").size(); j++) {
                double difference = output.path("data").get(j).doubleValue()
                        - expected.path("data").get(j).doubleValue();
                assertThat(Math.abs(difference)).isLessThanOrEqualTo(1e-5 * largest);
            }
        }
    }

    @Test
    void everyTaskSaysWhatItsGraphTakesAndGives() {
        JsonNode detector = json(client.get().uri("/v2/models/yolos"), 200);
        assertThat(detector.at("/inputs/0/name").stringValue()).isEqualTo("pixel_values");
        assertThat(detector.at("/inputs/0/datatype").stringValue()).isEqualTo("FP32");
        assertThat(detector.path("outputs")
                        .valueStream()
                        .map(output -> output.path("name").stringValue()))
                .contains("logits", "pred_boxes");
        assertThat(json(client.get().uri("/v2/models/segformer"), 200)
                        .at("/outputs/0/shape")
                        .size())
                .isEqualTo(4);
        assertThat(json(client.get().uri("/v2/models/vit/ready"), 200)
                        .path("ready")
                        .booleanValue())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            vit    | {'inputs':[{'name':'pixel_values','shape':[1,1,1,1],'datatype':'FP32','data':[0]}]} | 422 | cannot be run by the graph
            vit    | {'inputs':[{'name':'pixel_values','shape':[1],'datatype':'FP32','data':[0]}]}       | 422 | inputs[0].shape must be [-1, -1, -1, -1]
            vit    | {'inputs':[{'name':'pixel_values','shape':[17,1,1,1],'datatype':'FP32','data':[ONES]}]} | 422 | inputs[0].shape[0] must be from 1 to 16
            vit    | {'inputs':[{'name':'pixel_values','shape':[1],'datatype':'UINT8','data':[0]}]}      | 422 | inputs[0].datatype must be FP32
            vit    | {'inputs':[]}                                                                       | 422 | "pixel_values" is missing
            vit    | ``                                                                                  | 400 | the body is missing
            nobody | {'inputs':[]}                                                                       | 404 | there is no vision model 'nobody'
            """)
    void whatDoesNotFitTheGraphIsA4xxThatNamesIt(String model, String body, int status, String rule) {
        JsonNode error = json(post(model, body.replace('\'', '"').replace("ONES", "1,".repeat(16) + "1")), status);
        assertThat(error.path("error").stringValue()).contains(rule);
        assertThat(error.size()).isEqualTo(1);
    }

    @Test
    void aBodyOverTheLimitIsRefused() {
        JsonNode error = json(post("vit", " ".repeat(600_000)), 413);
        assertThat(error.path("error").stringValue()).contains("524288 bytes");
    }

    private WebTestClient.RequestHeadersSpec<?> post(String model, String body) {
        return client.post()
                .uri("/v2/models/" + model + "/infer")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body);
    }

    private static JsonNode json(WebTestClient.RequestHeadersSpec<?> request, int status) {
        return JsonMapper.shared()
                .readTree(request.exchange()
                        .expectStatus()
                        .isEqualTo(status)
                        .expectBody()
                        .returnResult()
                        .getResponseBody());
    }
}
