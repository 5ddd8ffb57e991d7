package dev.triptych.text.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.testkit.Fixtures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The log-probs of echoed prompts against PyTorch's, over a real graph. */
class EchoIT extends RealModels {

    private static final Offset<Double> ROUNDING = within(2e-4);
    private static final int TOP = 3;

    private final JsonNode golden =
            JSON.readTree(Fixtures.path("gpt2").resolve("golden-prompts.json").toFile());

    @Test
    void everyTokenOfAPromptHasPytorchsLogProbAloneAndInABatch() {
        ArrayNode prompts = JSON.createArrayNode();
        golden.forEach(wanted -> prompts.add(wanted.path("input_ids")));
        JsonNode together = ask(body(prompts).put("max_tokens", 2)).path("choices");
        for (int i = 0; i < golden.size(); i++) {
            JsonNode wanted = golden.get(i);
            check(wanted, together.get(i));
            check(
                    wanted,
                    ask(body(wanted.path("input_ids")).put("max_tokens", 2)).at("/choices/0"));
        }
    }

    private static void check(JsonNode wanted, JsonNode choice) {
        JsonNode logprobs = choice.path("logprobs");
        JsonNode scores = logprobs.path("token_logprobs");
        int prompt = wanted.path("input_ids").size();
        assertThat(scores.size()).isBetween(prompt + 1, prompt + 2);
        assertThat(scores.get(0).isNull()).isTrue();
        assertThat(logprobs.at("/top_logprobs/0").isNull()).isTrue();
        for (int place = 1; place < prompt; place++) {
            assertThat(scores.get(place).doubleValue())
                    .as("token %d of %d", place, prompt)
                    .isCloseTo(wanted.path("log_probs").get(place - 1).doubleValue(), ROUNDING);
            List<Double> top = new ArrayList<>();
            logprobs.path("top_logprobs").get(place).forEach(value -> top.add(value.doubleValue()));
            assertThat(top).hasSize(TOP);
            for (int rank = 0; rank < TOP; rank++) {
                assertThat(top.get(rank))
                        .isCloseTo(
                                wanted.path("top")
                                        .get(place - 1)
                                        .get(rank)
                                        .get(1)
                                        .doubleValue(),
                                ROUNDING);
            }
        }
        for (int place = prompt; place < scores.size(); place++) {
            assertThat(scores.get(place).doubleValue()).isNegative();
        }
    }

    @Test
    void tokensAndOffsetsAreThoseOfTheText() {
        JsonNode choice = ask(body(JSON.getNodeFactory().stringNode("the cat sat"))
                        .put("max_tokens", 3)
                        .put("n", 1))
                .at("/choices/0");
        String text = choice.path("text").stringValue();
        assertThat(text).startsWith("the cat sat");
        JsonNode tokens = choice.at("/logprobs/tokens");
        JsonNode offsets = choice.at("/logprobs/text_offset");
        for (int i = 0; i < tokens.size(); i++) {
            assertThat(text.substring(offsets.get(i).intValue()))
                    .startsWith(tokens.get(i).stringValue());
        }
    }

    @Test
    void aStreamTellsTheSame() {
        JsonNode prompt = golden.get(golden.size() - 1).path("input_ids");
        JsonNode whole = ask(body(prompt).put("max_tokens", 3)).at("/choices/0");
        StringBuilder text = new StringBuilder();
        List<Double> scores = new ArrayList<>();
        for (String event : post(body(prompt).put("max_tokens", 3).put("stream", true))
                .exchange()
                .expectStatus()
                .isOk()
                .returnResult(String.class)
                .getResponseBody()
                .takeWhile(data -> !data.equals("[DONE]"))
                .collectList()
                .block(Duration.ofSeconds(30))) {
            JsonNode choice = JSON.readTree(event).at("/choices/0");
            text.append(choice.path("text").stringValue());
            choice.at("/logprobs/token_logprobs")
                    .forEach(value -> scores.add(value.isNull() ? Double.NaN : value.doubleValue()));
        }
        assertThat(text.toString()).isEqualTo(whole.path("text").stringValue());
        JsonNode wanted = whole.at("/logprobs/token_logprobs");
        assertThat(scores).hasSize(wanted.size());
        for (int i = 1; i < scores.size(); i++) {
            assertThat(scores.get(i)).isCloseTo(wanted.get(i).doubleValue(), ROUNDING);
        }
    }

    @Test
    void aPromptThatAnEncoderReadsHasNoLogProbs() {
        post(body(JSON.getNodeFactory().stringNode("Open the file.")).put("model", "triptych-en-de"))
                .exchange()
                .expectStatus()
                .isEqualTo(422)
                .expectBody()
                .jsonPath("$.error.param")
                .isEqualTo("logprobs");
    }

    private static ObjectNode body(JsonNode prompt) {
        ObjectNode body = JSON.createObjectNode();
        body.put("model", "gpt2").put("echo", true).put("logprobs", TOP).put("temperature", 0);
        body.set("prompt", prompt);
        return body;
    }

    private JsonNode ask(ObjectNode body) {
        byte[] answer = post(body)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult()
                .getResponseBody();
        return JSON.readTree(Objects.requireNonNull(answer));
    }

    private WebTestClient.RequestHeadersSpec<?> post(ObjectNode body) {
        return client.post()
                .uri("/v1/completions")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(JSON.writeValueAsString(body));
    }
}
