package dev.triptych.text.api;

import static dev.triptych.text.api.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.fake.HttpDoor;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** What embeddings are refused, in OpenAI's shape. */
@SpringBootTest(
        classes = HttpDoor.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "management.server.port=")
@AutoConfigureWebTestClient
class EmbeddingRefusalsIT {

    @Autowired
    WebTestClient client;

    static Stream<Arguments> embeddings() {
        return Stream.of(
                refusal("{'input':'a'}", 422, "invalid_field", "model", "model is required"),
                refusal("{'model':'encoder'}", 422, "invalid_field", "input", "input is required"),
                refusal("{'model':'encoder','input':''}", 422, "invalid_field", "input", "must not be empty"),
                refusal(
                        "{'model':'encoder','input':'thirteen char'}",
                        422,
                        "invalid_field",
                        "input",
                        "12 tokens, got 13"),
                refusal("{'model':'encoder','input':[[1],[260]]}", 422, "token_out_of_range", "input[1][0]", "259"),
                refusal(
                        "{'model':'encoder','input':'a','dimensions':2}",
                        422,
                        "invalid_field",
                        "dimensions",
                        "absent or 3"),
                refusal(
                        "{'model':'encoder','input':'a','encoding_format':'hex'}",
                        422,
                        "invalid_field",
                        "encoding_format",
                        "float or base64"),
                refusal(
                        "{'model':'encoder','input':'a','long_input':'cut'}",
                        422,
                        "invalid_field",
                        "long_input",
                        "reject or split"),
                refusal(
                        "{'model':'encoder','input':[[1,2,3,4,5,6,7,8,9,10,11,12,13]],'long_input':'split'}",
                        422,
                        "invalid_field",
                        "input[0]",
                        "12 tokens, got 13"),
                refusal("{'model':'encoder','input':'a','sauce':1}", 400, "invalid_request", "sauce", "unknown field"),
                refusal("{'model':'writer','input':'a'}", 422, "invalid_field", "model", "makes no embeddings"),
                refusal("{'model':'nobody','input':'a'}", 404, "model_not_found", "model", "no model"));
    }

    @ParameterizedTest
    @MethodSource("embeddings")
    void embeddingsRefuseInOpenAisShape(String body, int status, String code, String field, String message) {
        JsonNode error =
                Refusals.post(client, "/v1/embeddings", body).getResponseBody().path("error");
        assertThat(error.path("code").stringValue()).isEqualTo(code);
        assertThat(error.path("message").stringValue()).contains(message);
        assertThat(error.path("param").stringValue(null)).isEqualTo(field);
        assertThat(Refusals.post(client, "/v1/embeddings", body).getStatus().value())
                .isEqualTo(status);
    }
}
