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

/** What completions are refused, in OpenAI's shape. */
@SpringBootTest(
        classes = HttpDoor.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "management.server.port=")
@AutoConfigureWebTestClient
class CompletionRefusalsIT {

    private static final String COMPLETIONS = "/v1/completions";

    @Autowired
    WebTestClient client;

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
        EntityExchangeResult<JsonNode> result = Refusals.post(client, COMPLETIONS, body);
        JsonNode error = result.getResponseBody().path("error");
        assertThat(result.getStatus().value()).as("%s", error).isEqualTo(status);
        assertThat(result.getResponseHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_JSON);
        assertThat(error.propertyNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
        assertThat(error.path("code").stringValue()).isEqualTo(code);
        assertThat(error.path("message").stringValue()).contains(message);
        assertThat(error.path("param").stringValue(null)).isEqualTo(field);
        assertThat(result.getResponseHeaders().containsHeader("Retry-After")).isEqualTo(status == 429 || status == 503);
    }

    private static String writer(String rest) {
        return "{'model':'writer'," + rest + "}";
    }
}
