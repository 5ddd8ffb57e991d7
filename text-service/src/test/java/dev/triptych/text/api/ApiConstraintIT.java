package dev.triptych.text.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.fake.HttpDoor;
import dev.triptych.text.fake.ScriptedModels;
import dev.triptych.text.generation.TokenAutomaton;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** What the fields about an output's form come to, and which are refused. */
@SpringBootTest(
        classes = HttpDoor.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "management.server.port=")
@AutoConfigureWebTestClient
class ApiConstraintIT {

    @Autowired
    WebTestClient client;

    @Autowired
    ScriptedModels models;

    @ParameterizedTest
    @CsvSource(delimiterString = " ~ ", quoteCharacter = '`', textBlock = """
            'guided_regex':'[a-c]+'                                     ~ abc       ~ abd
            'guided_choice':['yes','no']                                ~ no        ~ nay
            'guided_json':{'type':'integer'}                            ~ 17        ~ 1.7
            'guided_json':'{\\"type\\":\\"integer\\"}'                  ~ 17        ~ 1.7
            'structured_outputs':{'regex':'a|b'}                        ~ b         ~ ab
            'structured_outputs':{'choice':['é']}                       ~ é         ~ e
            'structured_outputs':{'json':{'type':'boolean'}}            ~ true      ~ yes
            'response_format':{'type':'json_object'}                    ~ {"a":[1]} ~ [1]
            'response_format':{'type':'json_schema','json_schema':{'name':'n','strict':true,'schema':{'const':7}}} ~ 7 ~ 8
            """)
    void everyFormReachesTheEngine(String field, String fits, String other) {
        for (String stream : new String[] {"", "'stream':true,"}) {
            ask("/v1/completions", "{'model':'writer','prompt':'a'," + stream + field + "}", 200);
            TokenAutomaton asked = models.generator("writer")
                    .submitted
                    .getLast()
                    .parameters()
                    .constraint()
                    .orElseThrow();
            assertThat(takes(asked, fits)).as(fits).isTrue();
            assertThat(takes(asked, other)).as(other).isFalse();
        }
        ask(
                "/v1/chat/completions",
                "{'model':'chatter','messages':[{'role':'user','content':'hi'}]," + field + "}",
                200);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " ~ ", quoteCharacter = '`', textBlock = """
            'response_format':{'type':'text'}
            'response_format':null,'guided_regex':null
            'structured_outputs':{}
            """)
    void textOfAnyFormIsNotHeldToOne(String field) {
        ask("/v1/completions", "{'model':'writer','prompt':'a'," + field + "}", 200);
        assertThat(models.generator("writer").submitted.getLast().parameters().constraint())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " ~ ", quoteCharacter = '`', textBlock = """
            'guided_regex':'('                              ~ guided_regex ~ not closed
            'guided_regex':7                                ~ guided_regex ~ must be a string
            'guided_regex':'(a|b)*a(a|b){20}'               ~ guided_regex ~ more than 20000 states
            'guided_choice':[]                              ~ guided_choice ~ at least one text
            'guided_choice':['a',1]                         ~ guided_choice[1] ~ must be a string
            'guided_choice':'a'                             ~ guided_choice ~ must be a list
            'guided_json':'{'                               ~ guided_json ~ not JSON
            'guided_json':[]                                ~ guided_json ~ must be a schema
            'guided_regex':'a','guided_choice':['a']        ~ guided_choice ~ absent with guided_regex
            'guided_regex':'a','response_format':{'type':'json_object'} ~ guided_regex ~ absent with response_format
            'structured_outputs':{'grammar':'x'}            ~ structured_outputs.grammar ~ known here: [choice, json, regex]
            'structured_outputs':'x'                        ~ structured_outputs ~ must be an object
            'structured_outputs':{'regex':'(?=a)'}          ~ structured_outputs.regex ~ assertion
            'response_format':{'type':'xml'}                ~ response_format.type ~ one of text, json_object and json_schema
            'response_format':'json'                        ~ response_format ~ must be an object
            'response_format':{'type':'json_schema'}        ~ response_format.json_schema ~ must be an object
            'response_format':{'type':'json_schema','json_schema':{'name':'x'}} ~ response_format.json_schema.schema ~ is required
            'response_format':{'type':'json_schema','json_schema':{'name':'x','schema':{'type':'number','multipleOf':2}}} ~ response_format.json_schema.schema ~ keyword multipleOf
            """)
    void aFormThatCannotBeHeldToIsRefusedByField(String field, String name, String message) {
        for (String stream : new String[] {"", "'stream':true,"}) {
            JsonNode error = ask("/v1/completions", "{'model':'writer','prompt':'a'," + stream + field + "}", 422)
                    .path("error");
            assertThat(error.path("param").stringValue()).isEqualTo(name);
            assertThat(error.path("message").stringValue()).startsWith(name).contains(message);
            assertThat(error.path("code").stringValue()).isEqualTo("invalid_field");
        }
        JsonNode chat = ask(
                "/v1/chat/completions",
                "{'model':'chatter','messages':[{'role':'user','content':'hi'}]," + field + "}",
                422);
        assertThat(chat.path("error").path("param").stringValue()).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " ~ ", quoteCharacter = '`', textBlock = """
            'guided_regex':'a'                        ~ guided_regex
            'response_format':{'type':'json_object'}  ~ response_format
            """)
    void aModelWhoseEncoderReadsThePromptIsNotHeldToAForm(String field, String name) {
        JsonNode error = ask("/v1/completions", "{'model':'en-de','prompt':'a'," + field + "}", 422)
                .path("error");
        assertThat(error.path("param").stringValue()).isEqualTo(name);
        assertThat(error.path("message").stringValue()).contains("needs a causal model");
    }

    /** The scripted model's tokens are bytes. */
    private static boolean takes(TokenAutomaton automaton, String text) {
        int state = automaton.start();
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            state = automaton.next(state, Byte.toUnsignedInt(value) + 4);
            if (state == TokenAutomaton.DEAD) {
                return false;
            }
        }
        return (automaton.allowed(state)[0] & 2) != 0;
    }

    private JsonNode ask(String path, String body, int status) {
        boolean streams = status == 200 && body.contains("'stream':true");
        byte[] reply = client.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body.replace('\'', '"'))
                .exchange()
                .expectStatus()
                .isEqualTo(status)
                .expectBody()
                .returnResult()
                .getResponseBody();
        return streams ? ApiJson.mapper().createObjectNode() : ApiJson.mapper().readTree(reply);
    }
}
