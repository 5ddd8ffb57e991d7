package dev.triptych.text.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.fake.HttpDoor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

@SpringBootTest(
        classes = HttpDoor.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "management.server.port=")
@AutoConfigureWebTestClient
class ApiAttentionIT {

    @Autowired
    WebTestClient client;

    @ParameterizedTest
    @CsvSource(delimiterString = " ~ ", quoteCharacter = '`', textBlock = """
            'source':'ab','target':'xy'
            'input':'ab','target':'xy'
            'source':[101,102,1],'target':[124,125,1]
            """)
    void everyTargetTokenHasItsWeightsOverTheSource(String pair) {
        JsonNode reply = ask("{'model':'en-de'," + pair + "}", 200);
        assertThat(reply.path("model").stringValue()).isEqualTo("en-de");
        assertThat(reply.path("source_tokens").toString()).isEqualTo("[\"a\",\"b\",\"\"]");
        assertThat(reply.path("target_tokens").toString()).isEqualTo("[\"x\",\"y\",\"\"]");
        assertThat(reply.path("layers").toString()).isEqualTo("[0,1]");
        assertThat(reply.path("heads").toString()).isEqualTo("[0,1]");
        String identity = "[[1.0,0.0,0.0],[0.0,1.0,0.0],[0.0,0.0,1.0]]";
        assertThat(reply.path("attention").toString())
                .isEqualTo("[[" + identity + "," + identity + "],[" + identity + "," + identity + "]]");
    }

    @Test
    void layersAndHeadsAreThoseAskedForInTheirOrder() {
        JsonNode reply = ask("{'model':'en-de','source':'ab','target':'xy','layers':[1],'heads':[1,0]}", 200);
        assertThat(reply.path("layers").toString()).isEqualTo("[1]");
        assertThat(reply.path("heads").toString()).isEqualTo("[1,0]");
        assertThat(reply.path("attention")).hasSize(1);
        assertThat(reply.path("attention").get(0)).hasSize(2);
        assertThat(reply.path("attention").get(0).get(0)).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " ~ ", quoteCharacter = '`', textBlock = """
            'source':'a','target':'b'                              ~ 422 ~ model  ~ model is required
            'model':'nobody','source':'a','target':'b'             ~ 404 ~ model  ~ nobody
            'model':'en-de','target':'b'                           ~ 422 ~ source ~ source is required
            'model':'en-de','source':'a'                           ~ 422 ~ target ~ target is required
            'model':'en-de','source':'a','input':'a','target':'b'  ~ 422 ~ input  ~ absent with source
            'model':'en-de','source':['a','b'],'target':'b'        ~ 422 ~ source ~ a string or a list of token ids
            'model':'en-de','source':[999],'target':'b'            ~ 422 ~ source[0] ~ from 0 to 259
            'model':'en-de','source':'','target':'b'               ~ 422 ~ source ~ must not be empty
            'model':'en-de','source':'a','target':'b','layers':[]  ~ 422 ~ layers ~ 1 to 2 elements
            'model':'en-de','source':'a','target':'b','layers':[2] ~ 422 ~ layers[0] ~ from 0 to 1, got 2
            'model':'en-de','source':'a','target':'b','heads':[0,-1] ~ 422 ~ heads[1] ~ from 0 to 1, got -1
            'model':'writer','source':'a','target':'b'             ~ 422 ~ model  ~ foundry attention
            """)
    void whatCannotBeShownIsRefusedByField(String body, int status, String field, String message) {
        JsonNode problem = ask("{" + body + "}", status);
        assertThat(problem.path("detail").stringValue()).contains(message);
        assertThat(problem.path("field").stringValue()).isEqualTo(field);
    }

    @Test
    void lengthsAreBoundedInTokens() {
        String longest = "x".repeat(200);
        JsonNode problem = ask("{'model':'en-de','source':'" + longest + "','target':'b'}", 422);
        assertThat(problem.path("detail").stringValue()).isEqualTo("source may have 200 tokens, got 201");
    }

    @Test
    void aBusyModelSaysWhenToComeAgain() {
        client.post()
                .uri("/v1/attention")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"model\":\"full\",\"source\":\"a\",\"target\":\"b\"}")
                .exchange()
                .expectStatus()
                .isEqualTo(429)
                .expectHeader()
                .valueEquals("Retry-After", "2");
    }

    private JsonNode ask(String body, int status) {
        return client.post()
                .uri("/v1/attention")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body.replace('\'', '"'))
                .exchange()
                .expectStatus()
                .isEqualTo(status)
                .expectBody(JsonNode.class)
                .returnResult()
                .getResponseBody();
    }
}
