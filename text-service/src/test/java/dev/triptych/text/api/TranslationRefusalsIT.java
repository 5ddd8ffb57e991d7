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
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** What translations are refused, natively and to clients of LibreTranslate. */
@SpringBootTest(
        classes = HttpDoor.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "management.server.port=")
@AutoConfigureWebTestClient
class TranslationRefusalsIT {

    private static final String TRANSLATIONS = "/v1/translations";
    private static final String TRANSLATE = "/translate";

    @Autowired
    WebTestClient client;

    static Stream<Arguments> translations() {
        String long1 = "a".repeat(100_001);
        return Stream.of(
                refusal("", 400, "invalid_request", null, "missing"),
                refusal("null", 400, "invalid_request", null, "missing"),
                refusal("{", 400, "invalid_request", null, "not valid JSON"),
                refusal("{} {}", 400, "invalid_request", null, "not valid JSON"),
                refusal("[]", 400, "invalid_request", null, "JSON"),
                refusal("\"text\"", 400, "invalid_request", null, "JSON"),
                refusal("{}", 422, "invalid_field", "source", "source is required"),
                refusal("{'source':'en','target':'de'}", 422, "invalid_field", "input", "input is required"),
                refusal(enDe("'input':''"), 422, "invalid_field", "input", "must not be empty"),
                refusal(enDe("'input':[]"), 422, "invalid_field", "input", "at least one string"),
                refusal(enDe("'input':['a',7]"), 422, "invalid_field", "input[1]", "must be a string"),
                refusal(enDe("'input':{'a':1}"), 422, "invalid_field", "input", "must be a string"),
                refusal(enDe("'input':'x\\ud800y'"), 422, "invalid_field", "input", "half a surrogate pair"),
                refusal(enDe("'input':'" + long1 + "'"), 413, "too_large", "input", "100000 characters, got 100001"),
                refusal(
                        enDe("'input':[" + "'a',".repeat(256) + "'a']"),
                        413,
                        "too_large",
                        "input",
                        "256 texts, got 257"),
                refusal(enDe("'input':'a','sauce':1"), 400, "invalid_request", "sauce", "unknown field sauce"),
                refusal(enDe("'input':'a','options':{'beam':1}"), 400, "invalid_request", "options.beam", "unknown"),
                refusal("{'source':1,'target':'de','input':'a'}", 400, "invalid_request", "source", "wrong type"),
                refusal(enDe("'input':'a','stream':'yes'"), 400, "invalid_request", "stream", "wrong type"),
                refusal(
                        enDe("'input':'a','options':{'max_new_tokens':1.5}"),
                        400,
                        "invalid_request",
                        "options.max_new_tokens",
                        "wrong type"),
                refusal(
                        enDe("'input':'a','options':{'max_new_tokens':0}"),
                        422,
                        "invalid_field",
                        "max_new_tokens",
                        "from 1 to 300, got 0"),
                refusal(
                        enDe("'input':'a','options':{'max_new_tokens':301}"),
                        422,
                        "invalid_field",
                        "max_new_tokens",
                        "from 1 to 300, got 301"),
                refusal(
                        enDe("'input':'a','options':{'max_new_tokens':99999999999}"),
                        400,
                        "invalid_request",
                        "options.max_new_tokens",
                        "wrong type"),
                refusal(
                        enDe("'input':'a','strategy':'ctc'"),
                        422,
                        "unsupported_strategy",
                        "strategy",
                        "one of [greedy, beam, sample] for this model, got \"ctc\""),
                refusal(
                        enDe("'input':'a','strategy':'fastest'"),
                        422,
                        "unsupported_strategy",
                        "strategy",
                        "one of [greedy, beam, sample, ctc, mask-predict, speculative, auto], got \"fastest\""),
                refusal(
                        enDe("'input':'a','strategy':'auto','options':{'quality_loss':-1}"),
                        422,
                        "invalid_field",
                        "options.quality_loss",
                        "quality_loss must be"),
                refusal(
                        enDe("'input':'a','options':{'quality_loss':1}"),
                        422,
                        "invalid_field",
                        "options.quality_loss",
                        "must be absent unless strategy is auto"),
                refusal(
                        enDe("'input':'a','strategy':'beam','options':{'num_beams':65}"),
                        422,
                        "invalid_field",
                        "options.num_beams",
                        "from 1 to 64, got 65"),
                refusal(
                        enDe("'input':'a','options':{'bad_words_ids':[[5,260]]}"),
                        422,
                        "token_out_of_range",
                        "options.bad_words_ids[0][1]",
                        "from 0 to 259, got 260"),
                refusal(enDe("'input':'a','glossary':{'a':1}"), 422, "invalid_field", "glossary.a", "must be a string"),
                refusal(
                        enDe("'input':'a','glossary':{'a':' '}"),
                        422,
                        "invalid_field",
                        "glossary.a",
                        "1 to 200 characters"),
                refusal(enDe("'input':'a','glossary':['a']"), 422, "invalid_field", "glossary", "must be an object"),
                refusal(enDe("'input':'a','deadline_ms':0"), 422, "invalid_field", "deadline_ms", "from 1 to 3600000"),
                refusal(enDe("'input':'a','priority':'vip'"), 422, "invalid_field", "priority", "interactive or batch"),
                refusal(enDe("'input':'a','model':'none'"), 404, "model_not_found", "model", "no model \"none\""),
                refusal(enDe("'input':'a','model':'broken'"), 404, "model_not_found", "model", "causality"),
                refusal(enDe("'input':'a','model':'writer'"), 422, "invalid_field", "model", "translation model"),
                refusal(
                        enDe("'input':'a','model':'de-en'"),
                        400,
                        "unsupported_language",
                        "model",
                        "translates de to en"),
                refusal(
                        "{'source':'en','target':'xx','input':'a'}",
                        400,
                        "unsupported_language",
                        "target",
                        "de to en, en to de, en to fr"),
                refusal("{'source':'xx','target':'de','input':'a'}", 400, "unsupported_language", "source", "xx to de"),
                refusal("{'source':'en','target':'fr','input':'a'}", 429, "overloaded", null, "running"),
                refusal("{'source':'en','target':'fr','input':'a','stream':true}", 429, "overloaded", null, "running"),
                refusal("{'source':'en','target':'es','input':'a'}", 503, "unavailable", null, "loading"),
                refusal(enDe("'input':'a','model':'slow-loader'"), 503, "unavailable", null, "loading"),
                refusal(enDe("'input':'[endless]','deadline_ms':5"), 504, "deadline_exceeded", null, "deadline"),
                refusal(enDe("'input':'[fails]'"), 500, "internal", null, "the script says so"));
    }

    @ParameterizedTest
    @MethodSource("translations")
    void translationsRefuseWithAProblem(String body, int status, String code, String field, String message) {
        EntityExchangeResult<JsonNode> result = Refusals.post(client, TRANSLATIONS, body);
        JsonNode problem = result.getResponseBody();
        assertThat(result.getStatus().value()).as("%s", problem).isEqualTo(status);
        assertThat(result.getResponseHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
        assertThat(problem.path("status").intValue()).isEqualTo(status);
        assertThat(problem.path("code").stringValue()).isEqualTo(code);
        assertThat(problem.path("detail").stringValue()).contains(message);
        assertThat(problem.path("field").stringValue(null)).isEqualTo(field);
        boolean retry = status == 429 || status == 503;
        assertThat(result.getResponseHeaders().containsHeader("Retry-After")).isEqualTo(retry);
    }

    static Stream<Arguments> libreTranslate() {
        return Stream.of(
                Arguments.of("", 400, "missing"),
                Arguments.of("{}", 422, "q is required"),
                Arguments.of("{'q':'a','target':'de'}", 422, "source is required"),
                Arguments.of("{'q':'a','source':'en'}", 422, "target is required"),
                Arguments.of(
                        "{'q':'a','source':'en','target':'de','format':'rtf'}",
                        422,
                        "format must be one of [text, html], got"),
                Arguments.of(
                        "{'q':'a','source':'en','target':'de','alternatives':11}",
                        422,
                        "alternatives must be from 0 to 10, got 11"),
                Arguments.of("{'q':'a','source':'auto','target':'xx'}", 400, "no model translates into \"xx\""),
                Arguments.of("{'q':'a','source':'en','target':'xx'}", 400, "no model translates en to xx"),
                Arguments.of("{'q':'a','source':'en','target':'fr'}", 429, "running"),
                Arguments.of("{'q':[1],'source':'en','target':'de'}", 422, "q[0] must be a string"));
    }

    @ParameterizedTest
    @MethodSource("libreTranslate")
    void libreTranslateRefusesWithAnErrorField(String body, int status, String message) {
        EntityExchangeResult<JsonNode> result = Refusals.post(client, TRANSLATE, body);
        assertThat(result.getStatus().value())
                .as("%s", result.getResponseBody())
                .isEqualTo(status);
        assertThat(result.getResponseBody().propertyNames()).containsExactly("error");
        assertThat(result.getResponseBody().path("error").stringValue()).contains(message);
    }

    private static String enDe(String rest) {
        return "{'source':'en','target':'de'," + rest + "}";
    }
}
