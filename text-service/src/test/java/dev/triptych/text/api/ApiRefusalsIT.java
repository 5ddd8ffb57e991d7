package dev.triptych.text.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.fake.HttpDoor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

@SpringBootTest(
        classes = HttpDoor.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "management.server.port=")
@AutoConfigureWebTestClient
class ApiRefusalsIT {

    private static final String TRANSLATIONS = "/v1/translations";
    private static final String COMPLETIONS = "/v1/completions";
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
        EntityExchangeResult<JsonNode> result = post(TRANSLATIONS, body);
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

    static Stream<Arguments> completions() {
        return Stream.of(
                refusal("", 400, "invalid_request", null, "missing"),
                refusal("{'prompt':'a'}", 422, "invalid_field", "model", "model is required"),
                refusal("{'model':'none','prompt':'a'}", 404, "model_not_found", "model", "no model \"none\""),
                refusal("{'model':'en-de'}", 422, "invalid_field", "prompt", "prompt is required"),
                refusal(writer("'prompt':''"), 422, "invalid_field", "prompt", "must not be empty"),
                refusal(writer("'prompt':[]"), 422, "invalid_field", "prompt", "list of token ids"),
                refusal(writer("'prompt':{}"), 422, "invalid_field", "prompt", "list of token ids"),
                refusal(writer("'prompt':[[]]"), 422, "invalid_field", "prompt[0]", "at least one token id"),
                refusal(writer("'prompt':['a',[1]]"), 422, "invalid_field", "prompt[1]", "of one kind"),
                refusal(writer("'prompt':[1,'a']"), 422, "invalid_field", "prompt[1]", "whole number"),
                refusal(writer("'prompt':[1,2.5]"), 422, "invalid_field", "prompt[1]", "whole number"),
                refusal(writer("'prompt':[5,260]"), 422, "token_out_of_range", "prompt[1]", "from 0 to 259, got 260"),
                refusal(writer("'prompt':[-1]"), 422, "token_out_of_range", "prompt[0]", "from 0 to 259, got -1"),
                refusal(
                        writer("'prompt':[[5],[6,123456789012345678901234567890]]"),
                        422,
                        "token_out_of_range",
                        "prompt[1][1]",
                        "from 0 to 259"),
                refusal(
                        writer("'prompt':[" + "5,".repeat(200) + "5]"),
                        422,
                        "invalid_field",
                        "prompt",
                        "200 tokens, got 201"),
                refusal(
                        writer("'prompt':'" + "a".repeat(200) + "'"),
                        422,
                        "invalid_field",
                        "prompt",
                        "200 tokens, got 201"),
                refusal(writer("'prompt':'a','max_tokens':0"), 422, "invalid_field", "max_tokens", "from 1 to 300"),
                refusal(writer("'prompt':'a','max_tokens':301"), 422, "invalid_field", "max_tokens", "from 1 to 300"),
                refusal(
                        writer("'prompt':'a','temperature':'hot'"),
                        422,
                        "invalid_field",
                        "temperature",
                        "must be a number"),
                refusal(
                        writer("'prompt':'a','temperature':-1"),
                        422,
                        "invalid_field",
                        "temperature",
                        "from 1.0E-4 to 100"),
                refusal(
                        writer("'prompt':'a','temperature':1e400"),
                        422,
                        "invalid_field",
                        "temperature",
                        "from 1.0E-4 to 100"),
                refusal(
                        writer("'prompt':'a','temperature':1,'num_beams':4"),
                        422,
                        "invalid_field",
                        "temperature",
                        "must be 0 with num_beams above 1"),
                refusal(
                        writer("'prompt':'a','temperature':1,'strategy':'greedy'"),
                        422,
                        "invalid_field",
                        "temperature",
                        "0 or absent with strategy greedy"),
                refusal(
                        writer("'prompt':'a','strategy':'sample','temperature':0"),
                        422,
                        "invalid_field",
                        "temperature",
                        "from 1.0E-4 to 100"),
                refusal(
                        writer("'prompt':'a','strategy':'sample','num_beams':2"),
                        422,
                        "invalid_field",
                        "num_beams",
                        "must be 1 with strategy sample"),
                refusal(writer("'prompt':'a','n':2"), 422, "invalid_field", "n", "must be 1 in greedy decoding"),
                refusal(
                        writer("'prompt':'a','n':3,'num_beams':2"),
                        422,
                        "invalid_field",
                        "n",
                        "from 1 to num_beams, which is 2, got 3"),
                refusal(
                        writer("'prompt':'a','n':3,'best_of':2,'temperature':1"),
                        422,
                        "invalid_field",
                        "n",
                        "from 1 to 2, got 3"),
                refusal(
                        writer("'prompt':'a','best_of':2"),
                        422,
                        "invalid_field",
                        "best_of",
                        "must be 1 in greedy decoding"),
                refusal(
                        writer("'prompt':'a','best_of':3,'num_beams':4"),
                        422,
                        "invalid_field",
                        "best_of",
                        "must be n or absent"),
                refusal(
                        writer("'prompt':'a','best_of':65,'temperature':1"),
                        422,
                        "invalid_field",
                        "best_of",
                        "from 1 to 64, got 65"),
                refusal(
                        writer("'prompt':'a','best_of':2,'temperature':1,'stream':true"),
                        422,
                        "invalid_field",
                        "best_of",
                        "must be n with stream"),
                refusal(writer("'prompt':'a','num_beams':0"), 422, "invalid_field", "num_beams", "from 1 to 64, got 0"),
                refusal(writer("'prompt':'a','num_beams':2.5"), 422, "invalid_field", "num_beams", "whole number"),
                refusal(
                        writer("'prompt':'a','num_beams':99999999999"),
                        422,
                        "invalid_field",
                        "num_beams",
                        "must be from"),
                refusal(
                        writer("'prompt':'a','num_beams':4,'num_beam_groups':3,'diversity_penalty':1"),
                        422,
                        "invalid_field",
                        "num_beam_groups",
                        "must divide num_beams"),
                refusal(
                        writer("'prompt':'a','num_beams':4,'num_beam_groups':2"),
                        422,
                        "invalid_field",
                        "diversity_penalty",
                        "above 0 with several beam groups"),
                refusal(
                        writer("'prompt':'a','num_beams':2,'early_stopping':'always'"),
                        422,
                        "invalid_field",
                        "early_stopping",
                        "true, false or"),
                refusal(
                        writer("'prompt':'a','num_beams':2,'length_penalty':'x'"),
                        422,
                        "invalid_field",
                        "length_penalty",
                        "must be a number"),
                refusal(writer("'prompt':'a','logprobs':6"), 422, "invalid_field", "logprobs", "from 0 to 5, got 6"),
                refusal(writer("'prompt':'a','logprobs':true"), 422, "invalid_field", "logprobs", "whole number"),
                refusal(
                        writer("'prompt':'a','logprobs':1,'echo':true"),
                        422,
                        "invalid_field",
                        "logprobs",
                        "absent with echo"),
                refusal(writer("'prompt':'a','echo':1"), 422, "invalid_field", "echo", "true or false"),
                refusal(writer("'prompt':'a','stop':7"), 422, "invalid_field", "stop", "must be a list"),
                refusal(
                        writer("'prompt':'a','stop':['a','b','c','d','e']"),
                        422,
                        "invalid_field",
                        "stop",
                        "4 elements, got 5"),
                refusal(writer("'prompt':'a','stop':['']"), 422, "invalid_field", "stop", "1 to 256 characters, got 0"),
                refusal(writer("'prompt':'a','stop':['a',1]"), 422, "invalid_field", "stop[1]", "must be a string"),
                refusal(writer("'prompt':'a','suffix':'x'"), 422, "invalid_field", "suffix", "not supported"),
                refusal(
                        writer("'prompt':'a','presence_penalty':3"),
                        422,
                        "invalid_field",
                        "presence_penalty",
                        "from -2.0 to 2.0"),
                refusal(
                        writer("'prompt':'a','frequency_penalty':-2.1"),
                        422,
                        "invalid_field",
                        "frequency_penalty",
                        "from -2.0 to 2.0"),
                refusal(
                        writer("'prompt':'a','repetition_penalty':0"),
                        422,
                        "invalid_field",
                        "repetition_penalty",
                        "from 0.01 to 100"),
                refusal(
                        writer("'prompt':'a','no_repeat_ngram_size':-1"),
                        422,
                        "invalid_field",
                        "no_repeat_ngram_size",
                        "at least 0"),
                refusal(
                        writer("'prompt':'a','min_new_tokens':-1"),
                        422,
                        "invalid_field",
                        "min_new_tokens",
                        "at least 0"),
                refusal(
                        writer("'prompt':'a','logit_bias':[1]"),
                        422,
                        "invalid_field",
                        "logit_bias",
                        "must be an object"),
                refusal(
                        writer("'prompt':'a','logit_bias':{'5':101}"),
                        422,
                        "invalid_field",
                        "logit_bias[5]",
                        "from -100.0 to 100.0"),
                refusal(
                        writer("'prompt':'a','bad_words_ids':[[]]"),
                        422,
                        "invalid_field",
                        "bad_words_ids",
                        "empty sequence"),
                refusal(
                        writer("'prompt':'a','bad_words_ids':[1]"),
                        422,
                        "invalid_field",
                        "bad_words_ids[0]",
                        "must be a list"),
                refusal(writer("'prompt':'a','top_p':1.5"), 422, "invalid_field", "top_p", "from 0.0 to 1.0"),
                refusal(writer("'prompt':'a','min_p':-0.5"), 422, "invalid_field", "min_p", "from 0.0 to 1.0"),
                refusal(
                        writer("'prompt':'a','typical_p':0,'temperature':1"),
                        422,
                        "invalid_field",
                        "typical_p",
                        "above 0"),
                refusal(writer("'prompt':'a','top_k':-1"), 422, "invalid_field", "top_k", "at least 0"),
                refusal(writer("'prompt':'a','seed':1.5"), 422, "invalid_field", "seed", "whole number"),
                refusal(writer("'prompt':'a','top_p':2,'temperature':0"), 422, "invalid_field", "top_p", "0.0 to 1.0"),
                refusal(writer("'prompt':'a','length_penalty':1e9"), 422, "invalid_field", "length_penalty", "100"),
                refusal(
                        writer("'prompt':'a','num_beam_groups':2"),
                        422,
                        "invalid_field",
                        "num_beam_groups",
                        "must be 1"),
                refusal(
                        writer("'prompt':'a','logit_bias':{'x':1}"),
                        422,
                        "token_out_of_range",
                        "logit_bias.x",
                        "from 0 to 259, got x"),
                refusal(
                        writer("'prompt':'a','logit_bias':{'260':1}"),
                        422,
                        "token_out_of_range",
                        "logit_bias.260",
                        "from 0 to 259"),
                refusal(
                        writer("'prompt':'a','forced_bos_token_id':-1"),
                        422,
                        "token_out_of_range",
                        "forced_bos_token_id",
                        "from 0 to 259"),
                refusal(
                        writer("'prompt':'a','bad_words_ids':[[5],[3,123456789012]]"),
                        422,
                        "token_out_of_range",
                        "bad_words_ids[1][1]",
                        "from 0 to 259"),
                refusal(writer("'prompt':'a','strategy':'ctc'"), 422, "unsupported_strategy", "strategy", "greedy"),
                refusal(writer("'prompt':'a','colour':1"), 400, "invalid_request", "colour", "unknown field colour"),
                refusal(
                        writer("'prompt':'a','stream_options':{'include_usage':true}"),
                        422,
                        "invalid_field",
                        "stream_options",
                        "needs stream"),
                refusal("{'model':'full','prompt':'a'}", 429, "overloaded", null, "running"),
                refusal("{'model':'full','prompt':['a','b'],'stream':true}", 429, "overloaded", null, "running"),
                refusal("{'model':'slow-loader','prompt':'a'}", 503, "unavailable", null, "loading"),
                refusal(writer("'prompt':'[fails]'"), 500, "internal", null, "the script says so"));
    }

    @ParameterizedTest
    @MethodSource("completions")
    void completionsRefuseInOpenAisShape(String body, int status, String code, String field, String message) {
        EntityExchangeResult<JsonNode> result = post(COMPLETIONS, body);
        JsonNode error = result.getResponseBody().path("error");
        assertThat(result.getStatus().value()).as("%s", error).isEqualTo(status);
        assertThat(result.getResponseHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_JSON);
        assertThat(error.propertyNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
        assertThat(error.path("code").stringValue()).isEqualTo(code);
        assertThat(error.path("message").stringValue()).contains(message);
        assertThat(error.path("param").stringValue(null)).isEqualTo(field);
        assertThat(result.getResponseHeaders().containsHeader("Retry-After")).isEqualTo(status == 429 || status == 503);
    }

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
        JsonNode error = post("/v1/embeddings", body).getResponseBody().path("error");
        assertThat(error.path("code").stringValue()).isEqualTo(code);
        assertThat(error.path("message").stringValue()).contains(message);
        assertThat(error.path("param").stringValue(null)).isEqualTo(field);
        assertThat(post("/v1/embeddings", body).getStatus().value()).isEqualTo(status);
    }

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
        EntityExchangeResult<JsonNode> result = post("/v1/chat/completions", body);
        JsonNode error = result.getResponseBody().path("error");
        assertThat(error.path("code").stringValue()).isEqualTo(code);
        assertThat(error.path("message").stringValue()).contains(message);
        assertThat(error.path("param").stringValue(null)).isEqualTo(field);
        assertThat(result.getStatus().value()).isEqualTo(status);
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
        EntityExchangeResult<JsonNode> result = post(TRANSLATE, body);
        assertThat(result.getStatus().value())
                .as("%s", result.getResponseBody())
                .isEqualTo(status);
        assertThat(result.getResponseBody().propertyNames()).containsExactly("error");
        assertThat(result.getResponseBody().path("error").stringValue()).contains(message);
    }

    @ParameterizedTest
    @MethodSource("paths")
    void aBodyOverOneMebibyteIsTooLarge(String path) {
        EntityExchangeResult<JsonNode> result = post(path, "{'x':'" + "a".repeat(1 << 20) + "'}");
        assertThat(result.getStatus().value()).isEqualTo(413);
        assertThat(result.getResponseBody().toString()).contains("limit");
    }

    @ParameterizedTest
    @MethodSource("paths")
    void anotherMediaTypeIsRefused(String path) {
        client.post()
                .uri(path)
                .contentType(MediaType.IMAGE_PNG)
                .bodyValue(new byte[] {1, 2, 3})
                .exchange()
                .expectStatus()
                .isEqualTo(415)
                .expectBody(String.class)
                .value(body -> assertThat(body).contains("image/png"));
    }

    @ParameterizedTest
    @MethodSource("paths")
    void anotherMethodIsRefusedAndTheRightOneNamed(String path) {
        client.method(HttpMethod.DELETE)
                .uri(path)
                .exchange()
                .expectStatus()
                .isEqualTo(405)
                .expectHeader()
                .valueEquals("Allow", "POST");
    }

    static Stream<String> paths() {
        return Stream.of(TRANSLATIONS, COMPLETIONS, TRANSLATE);
    }

    @Test
    void aBrokenFormIsRefused() {
        client.post()
                .uri(TRANSLATE)
                .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                .bodyValue("q=%zz&source=en&target=de")
                .exchange()
                .expectStatus()
                .is4xxClientError();
    }

    @Test
    void anUnknownPathIsNotFound() {
        client.get()
                .uri("/v1/nothing")
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("not_found");
    }

    @Test
    void anUnknownModelIsNotFoundInOpenAisShape() {
        client.get()
                .uri("/v1/models/none")
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectBody()
                .jsonPath("$.error.code")
                .isEqualTo("model_not_found");
    }

    @Test
    void invalidUtf8IsRefused() {
        byte[] body = "{\"source\":\"en\",\"target\":\"de\",\"input\":\"a?b\"}".getBytes();
        body[body.length - 4] = (byte) 0xFF;
        client.post()
                .uri(TRANSLATIONS)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange()
                .expectStatus()
                .isBadRequest();
    }

    private EntityExchangeResult<JsonNode> post(String path, String body) {
        return client.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body.replace('\'', '"'))
                .exchange()
                .expectBody(JsonNode.class)
                .returnResult();
    }

    private static Arguments refusal(String body, int status, String code, String field, String message) {
        return Arguments.of(body, status, code, field, message);
    }

    private static String enDe(String rest) {
        return "{'source':'en','target':'de'," + rest + "}";
    }

    private static String writer(String rest) {
        return "{'model':'writer'," + rest + "}";
    }
}
