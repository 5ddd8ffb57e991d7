package dev.triptych.text.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.fake.HttpDoor;
import dev.triptych.text.fake.ScriptedModels;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.TokenRules;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the fields about choosing tokens come to, and what is answered of several sequences, stops and log-probs. */
@SpringBootTest(
        classes = HttpDoor.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "management.server.port=")
@AutoConfigureWebTestClient
class ApiDecodingIT {

    private final JsonMapper json = JsonMapper.shared();

    @Autowired
    WebTestClient client;

    @Autowired
    ScriptedModels models;

    @Test
    void everyFieldOfACompletionReachesTheEngine() {
        complete("'prompt':'a','max_tokens':9,'num_beams':6,'n':2,'length_penalty':0.5,'early_stopping':'never',"
                + "'num_beam_groups':3,'diversity_penalty':0.7,'repetition_penalty':1.2,'no_repeat_ngram_size':3,"
                + "'min_new_tokens':2,'bad_words_ids':[[7],[8,9]],'forced_bos_token_id':6,'presence_penalty':1,"
                + "'frequency_penalty':-0.5,'logit_bias':{'5':-100,'6':2.5},'stop':['x','yz'],'logprobs':3");
        assertThat(asked())
                .isEqualTo(new GenerationParameters(
                        new Strategy.Beam(
                                6, 2, OptionalDouble.of(0.5), Optional.of(Strategy.EarlyStopping.NEVER), 3, 0.7),
                        9,
                        new TokenRules(
                                OptionalDouble.of(1.2),
                                1,
                                -0.5,
                                OptionalInt.of(3),
                                OptionalInt.empty(),
                                OptionalInt.of(2),
                                Optional.of(List.of(List.of(7), List.of(8, 9))),
                                OptionalInt.of(6),
                                OptionalInt.empty(),
                                Map.of(5, -100.0, 6, 2.5),
                                Optional.empty(),
                                Optional.empty()),
                        List.of("x", "yz"),
                        OptionalInt.of(3)));
        complete("'prompt':'a','temperature':0.7,'top_k':5,'top_p':0.9,'min_p':0.1,'typical_p':0.8,'seed':-7,"
                + "'n':2,'best_of':4");
        assertThat(asked().strategy()).isEqualTo(new Strategy.Sample(0.7, 5, 0.9, 0.1, 0.8, -7, 2, 4));
    }

    @Test
    void decodingIsGreedyUnlessSamplingOrBeamsAreAskedFor() {
        assertStrategy("'prompt':'a'", "greedy");
        assertStrategy("'prompt':'a','temperature':0,'top_p':0.5,'seed':3,'top_k':2", "greedy");
        assertStrategy("'prompt':'a','num_beams':1,'length_penalty':2", "greedy");
        assertStrategy("'prompt':'a','strategy':'greedy','top_p':0.5", "greedy");
        assertStrategy("'prompt':'a','temperature':0.1", "sample");
        assertStrategy("'prompt':'a','top_p':0.5", "sample");
        assertStrategy("'prompt':'a','strategy':'sample'", "sample");
        assertStrategy("'prompt':'a','num_beams':2,'temperature':0", "beam");
        assertStrategy("'prompt':'a','num_beams':2,'top_p':0.5", "beam");
        assertStrategy("'prompt':'a','strategy':'beam'", "beam");
    }

    @Test
    void theSeedIsDrawnWhereNoneIsGiven() {
        complete("'prompt':'a','temperature':1");
        GenerationParameters first = asked();
        complete("'prompt':'a','temperature':1");
        assertThat(first).isNotEqualTo(asked());
    }

    @Test
    void severalSequencesAreChoicesInTheOrderOfPrompts() {
        JsonNode reply = complete("'prompt':['a','b'],'num_beams':3,'n':2,'return_token_ids':true");
        assertThat(reply.path("choices")
                        .valueStream()
                        .map(choice -> choice.path("index").intValue()
                                + choice.path("text").stringValue()))
                .containsExactly("0A", "1A!", "2B", "3B!");
        assertThat(reply.path("choices").get(1).path("token_ids")).hasSize(3);
        assertThat(reply.path("usage").path("completion_tokens").intValue()).isEqualTo(10);
    }

    @Test
    void theTextEndsBeforeTheStopTextAndTheIdsKeepIt() {
        JsonNode choice = complete("'prompt':'abcdefg','stop':['DE','XX'],'return_token_ids':true")
                .path("choices")
                .get(0);
        assertThat(choice.path("text").stringValue()).isEqualTo("ABC");
        List<String> events = stream("'prompt':'abcdefg','stop':'DE','stream':true");
        assertThat(joined(events)).isEqualTo("ABC");
    }

    @Test
    void theStreamHoldsBackWhatMayBecomeAStopText() {
        List<String> events = stream("'prompt':'abdabc','stop':['ABC'],'stream':true");
        assertThat(texts(events)).containsExactly("ABD", "");
        assertThat(joined(stream("'prompt':'xxab','stop':['ABC'],'stream':true")))
                .isEqualTo("XXAB");
    }

    @Test
    void logprobsHaveOpenAisShape() {
        JsonNode choice = complete("'prompt':'ä','logprobs':2").path("choices").get(0);
        assertThat(choice.path("logprobs"))
                .isEqualTo(json.readTree("{\"tokens\":[\"\",\"Ä\",\"\"],\"token_logprobs\":[-0.5,-0.5,-0.5],"
                        + "\"top_logprobs\":[{\"token_id:199\":-0.5,\"token_id:1\":-1.5},"
                        + "{\"token_id:136\":-0.5,\"token_id:1\":-1.5},{\"token_id:1\":-1.5}],"
                        + "\"text_offset\":[0,0,1]}"));
        JsonNode bare = complete("'prompt':'a','logprobs':0").path("choices").get(0);
        assertThat(bare.path("logprobs").path("top_logprobs").get(0).isNull()).isTrue();
        List<String> events = stream("'prompt':'ab','logprobs':1,'stream':true");
        assertThat(json.readTree(events.getFirst())
                        .path("choices")
                        .get(0)
                        .path("logprobs")
                        .path("tokens"))
                .hasSize(1);
    }

    @Test
    void anEchoComesBeforeTheText() {
        assertThat(complete("'prompt':'ab','echo':true")
                        .path("choices")
                        .get(0)
                        .path("text")
                        .stringValue())
                .isEqualTo("abAB");
        assertThat(complete("'prompt':[101,102],'echo':true")
                        .path("choices")
                        .get(0)
                        .path("text")
                        .stringValue())
                .isEqualTo("abAB");
        assertThat(joined(stream("'prompt':'ab','echo':true,'stream':true"))).isEqualTo("abAB");
    }

    @Test
    void aTranslationTakesItsOptionsAndAnswersAlternativesAndLogprobs() {
        JsonNode entry = post(
                        "/v1/translations",
                        "{'source':'en','target':'de','input':'One. Two.','strategy':'beam',"
                                + "'options':{'num_beams':3,'n':3,'repetition_penalty':1.1,'logprobs':1}}")
                .path("data")
                .get(0);
        assertThat(entry.path("text").stringValue()).isEqualTo("ONE. TWO.");
        assertThat(entry.path("alternatives").valueStream().map(JsonNode::stringValue))
                .containsExactly("ONE.! TWO.!", "ONE.!! TWO.!!");
        assertThat(entry.path("logprobs")).hasSize(10);
        assertThat(entry.path("logprobs").get(0))
                .isEqualTo(json.readTree("{\"token_id\":83,\"logprob\":-0.5,\"top\":["
                        + "{\"token_id\":83,\"logprob\":-0.5},{\"token_id\":1,\"logprob\":-1.5}]}"));
        assertThat(models.generator("en-de").submitted.getLast().parameters().strategy())
                .isEqualTo(Strategy.Beam.of(3, 3));
    }

    @Test
    void libreTranslateAnswersAlternatives() {
        assertThat(post("/translate", "{'q':'Hi','source':'en','target':'de','alternatives':2}"))
                .isEqualTo(json.readTree("{\"translatedText\":\"HI\",\"alternatives\":[\"HI!\",\"HI!!\"]}"));
        assertThat(post("/translate", "{'q':['a','b'],'source':'en','target':'de','alternatives':1}"))
                .isEqualTo(json.readTree("{\"translatedText\":[\"A\",\"B\"],\"alternatives\":[[\"A!\"],[\"B!\"]]}"));
    }

    private void assertStrategy(String fields, String name) {
        complete(fields);
        assertThat(asked().strategy().name()).as(fields).isEqualTo(name);
    }

    private GenerationParameters asked() {
        return models.generator("writer").submitted.getLast().parameters();
    }

    private JsonNode complete(String fields) {
        return post("/v1/completions", "{'model':'writer'," + fields + "}");
    }

    private JsonNode post(String path, String body) {
        return Answers.post(client, path, body);
    }

    private List<String> stream(String fields) {
        return Answers.stream(client, "/v1/completions", "{'model':'writer'," + fields + "}");
    }

    private List<String> texts(List<String> events) {
        return events.stream()
                .filter(event -> !event.equals("[DONE]"))
                .map(event ->
                        json.readTree(event).path("choices").get(0).path("text").stringValue())
                .toList();
    }

    private String joined(List<String> events) {
        return String.join("", texts(events));
    }
}
