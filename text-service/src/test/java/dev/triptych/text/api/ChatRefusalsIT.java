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
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** What conversations are refused, in OpenAI's shape. */
@SpringBootTest(
        classes = HttpDoor.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "management.server.port=")
@AutoConfigureWebTestClient
class ChatRefusalsIT {

    @Autowired
    WebTestClient client;

    static Stream<Arguments> conversations() {
        String hi = "'messages':[{'role':'user','content':'hi'}]";
        return Stream.of(
                refusal("{" + hi + "}", 422, "invalid_field", "model", "model is required"),
                refusal("{'model':'chatter'}", 422, "invalid_field", "messages", "at least one message"),
                refusal("{'model':'writer'," + hi + "}", 422, "invalid_field", "model", "has no chat template"),
                refusal(
                        "{'model':'chatter','messages':[{'role':'king','content':'hi'}]}",
                        422,
                        "invalid_field",
                        "messages[0].role",
                        "must be one of"),
                refusal(
                        "{'model':'chatter','messages':[{'role':'user','content':[{'type':'image_url'}]}]}",
                        422,
                        "invalid_field",
                        "messages[0].content",
                        "text only"),
                refusal(
                        "{'model':'chatter','messages':[{'role':'assistant','content':'hi'}]}",
                        422,
                        "invalid_field",
                        "messages",
                        "a question comes first"),
                refusal("{'model':'chatter'," + hi + ",'tools':[{}]}", 422, "invalid_field", "tools", "not supported"),
                refusal("{'model':'chatter'," + hi + ",'sauce':1}", 400, "invalid_request", "sauce", "unknown field"),
                refusal(
                        "{'model':'chatter'," + hi + ",'max_tokens':'x'}",
                        400,
                        "invalid_request",
                        "max_tokens",
                        "type"),
                refusal("[]", 400, "invalid_request", null, ""));
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void conversationsRefuseInOpenAisShape(String body, int status, String code, String field, String message) {
        EntityExchangeResult<JsonNode> result = Refusals.post(client, "/v1/chat/completions", body);
        JsonNode error = result.getResponseBody().path("error");
        assertThat(error.path("code").stringValue()).isEqualTo(code);
        assertThat(error.path("message").stringValue()).contains(message);
        assertThat(error.path("param").stringValue(null)).isEqualTo(field);
        assertThat(result.getStatus().value()).isEqualTo(status);
    }
}
