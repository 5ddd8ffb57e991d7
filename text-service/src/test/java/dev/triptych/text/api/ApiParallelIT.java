package dev.triptych.text.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.fake.HttpDoor;
import dev.triptych.text.fake.ScriptedModels;
import dev.triptych.text.generation.ParallelDecoders;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.runtime.ModelDescription;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a model with non-autoregressive decoders takes beyond others, and what its strategies refuse. */
@SpringBootTest(
        classes = HttpDoor.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "management.server.port=")
@AutoConfigureWebTestClient
class ApiParallelIT {

    private static final String DRAFTER = "drafter";

    private final JsonMapper json = JsonMapper.shared();

    @Autowired
    WebTestClient client;

    @Autowired
    ScriptedModels models;

    @BeforeEach
    void addTheModel() {
        models.add(
                ScriptedModels.translator(DRAFTER, "en", "fr", ModelDescription.Status.READY),
                ScriptedModels.LIMITS.with(new ParallelDecoders(
                        Optional.of(new ParallelDecoders.Ctc(2, 0)),
                        Optional.of(new ParallelDecoders.MaskPredict(3, 4, 3)),
                        false,
                        true)));
        models.generator(DRAFTER).runByItself();
    }

    @AfterEach
    void removeTheModel() {
        models.remove(DRAFTER);
    }

    @Test
    void ctcReachesTheEngineWithItsBeamsOrCandidates() {
        JsonNode reply =
                translate("'strategy':'ctc','options':{'num_beams':5,'n':2,'length_penalty':0.6,'temperature':0}");
        assertThat(reply.path("strategy").stringValue()).isEqualTo("ctc");
        assertThat(reply.path("data").get(0).path("alternatives")).hasSize(1);
        assertThat(asked()).isEqualTo(new Strategy.Ctc(5, 2, OptionalDouble.of(0.6)));
        translate("'strategy':'ctc','options':{'candidates':6,'n':3}");
        assertThat(asked()).isEqualTo(new Strategy.Ctc(1, 3, OptionalDouble.empty(), 6));
        post("/v1/completions", "{'model':'drafter','prompt':'a','strategy':'ctc'}");
        assertThat(asked()).isEqualTo(Strategy.Ctc.bestPath());
    }

    @Test
    void maskPredictReachesTheEngineWithItsLengthsOrCandidates() {
        translate("'strategy':'mask-predict','options':{'iterations':7,'length_candidates':5,'n':2}");
        assertThat(asked()).isEqualTo(new Strategy.MaskPredict(OptionalInt.of(7), OptionalInt.of(5), 2));
        translate("'strategy':'mask-predict','options':{'iterations':2,'candidates':5,'n':2}");
        assertThat(asked())
                .isEqualTo(new Strategy.MaskPredict(OptionalInt.of(2), OptionalInt.empty(), 2, OptionalInt.of(5)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'quality_loss':2; ctc",
                "'quality_loss':0; greedy",
                // Rules are for decoders that go token by token.
                "'quality_loss':2,'repetition_penalty':1.2; greedy"
            },
            quoteCharacter = '"')
    void autoIsSettledByTheLossOfQualityThatIsAllowed(String options, String strategy) {
        JsonNode reply = translate("'strategy':'auto','options':{" + options + "}");
        assertThat(reply.path("strategy").stringValue()).isEqualTo(strategy);
        assertThat(asked().name()).isEqualTo(strategy);
    }

    @Test
    void eachRefinementIsStreamedAndThenTheText() {
        List<String> events = Answers.stream(
                client,
                "/v1/translations",
                "{'source':'en','target':'fr','input':'Ab. Cd.','strategy':'mask-predict','stream':true}");
        assertThat(events.stream().filter(event -> event.contains("refinement")))
                .containsExactlyInAnyOrder(
                        "{\"index\":0,\"sentence\":0,\"iteration\":1,\"refinement\":\"A\"}",
                        "{\"index\":0,\"sentence\":0,\"iteration\":2,\"refinement\":\"AB.\"}",
                        "{\"index\":0,\"sentence\":1,\"iteration\":1,\"refinement\":\"C\"}",
                        "{\"index\":0,\"sentence\":1,\"iteration\":2,\"refinement\":\"CD.\"}");
        assertThat(events.stream()
                        .filter(event -> event.contains("\"delta\""))
                        .map(event -> json.readTree(event).path("delta").stringValue())
                        .collect(Collectors.joining()))
                .isEqualTo("AB. CD.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "greedy; 'iterations':3",
                "greedy; 'candidates':3",
                "mask-predict; 'iterations':0",
                "mask-predict; 'iterations':51",
                "mask-predict; 'length_candidates':65",
                "mask-predict; 'num_beams':2",
                "mask-predict; 'candidates':1",
                "mask-predict; 'candidates':33",
                "mask-predict; 'length_candidates':3,'candidates':3",
                "ctc; 'n':4,'candidates':3",
                "ctc; 'logprobs':1,'candidates':3",
                "ctc; 'iterations':3",
                "ctc; 'temperature':0.5",
                "ctc; 'top_k':3",
                "ctc; 'top_p':0.5",
                "ctc; 'min_p':0.5",
                "ctc; 'typical_p':0.5",
                "ctc; 'seed':1",
                "ctc; 'best_of':2",
                "ctc; 'n':2",
                "ctc; 'candidates':0",
                "ctc; 'candidates':65",
                "ctc; 'num_beams':65",
                "ctc; 'num_beam_groups':2",
                "ctc; 'diversity_penalty':0.5",
                "ctc; 'early_stopping':true",
                "ctc; 'repetition_penalty':1.5",
                "ctc; 'presence_penalty':1",
                "ctc; 'frequency_penalty':1",
                "ctc; 'no_repeat_ngram_size':2",
                "ctc; 'min_new_tokens':2",
                "ctc; 'bad_words_ids':[[5]]",
                "ctc; 'forced_bos_token_id':5",
                "ctc; 'logit_bias':{'5':1}"
            },
            quoteCharacter = '"')
    void aFieldOfAnotherStrategyOrOutOfBoundsIsRefusedByName(String strategy, String fields) {
        String name = fields.substring(1, fields.indexOf('\'', 1));
        client.post()
                .uri("/v1/completions")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(("{'model':'drafter','prompt':'a','strategy':'" + strategy + "'," + fields + "}")
                        .replace('\'', '"'))
                .exchange()
                .expectStatus()
                .isEqualTo(422)
                .expectBody()
                .jsonPath("$.error.param")
                .isEqualTo(name)
                .jsonPath("$.error.message")
                .value(message -> assertThat((String) message).contains(name + " must be"));
    }

    private Strategy asked() {
        return models.generator(DRAFTER).submitted.getLast().parameters().strategy();
    }

    private JsonNode translate(String rest) {
        return post("/v1/translations", "{'source':'en','target':'fr','input':'One.'," + rest + "}");
    }

    private JsonNode post(String path, String body) {
        return Answers.post(client, path, body);
    }
}
