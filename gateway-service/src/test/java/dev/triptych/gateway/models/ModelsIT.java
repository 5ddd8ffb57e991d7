package dev.triptych.gateway.models;

import dev.triptych.gateway.support.FakeService;
import dev.triptych.gateway.support.FakeServices;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.json.JsonCompareMode;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;

@TestPropertySource(properties = "triptych.gateway.models-timeout=2s")
class ModelsIT extends FakeServices {

    private static final String LIST = "{\"object\":\"list\",\"data\":[%s]}";
    private static final String TRANSLATOR =
            "{\"id\":\"en-de\",\"object\":\"model\",\"created\":1,\"owned_by\":\"triptych\",\"x\":{\"y\":[1]}}";
    private static final String CLASSIFIER =
            "{\"id\":\"flags\",\"object\":\"model\",\"created\":2,\"owned_by\":\"triptych\"}";

    @Autowired
    private WebTestClient client;

    @Test
    void theListHasTheModelsOfBothServicesAsTheyDescribeThem() {
        TEXT.answerJson(200, LIST.formatted(TRANSLATOR));
        VISION.answerJson(200, LIST.formatted(CLASSIFIER));
        expectList(LIST.formatted(TRANSLATOR + "," + CLASSIFIER));
    }

    @Test
    void aModelThatBothServeIsListedOnce() {
        TEXT.answerJson(200, LIST.formatted(TRANSLATOR));
        VISION.answerJson(200, LIST.formatted(TRANSLATOR.replace("\"created\":1", "\"created\":9") + "," + CLASSIFIER));
        expectList(LIST.formatted(TRANSLATOR + "," + CLASSIFIER));
    }

    @Test
    void aServiceThatFailsTakesOnlyItsOwnModelsFromTheList() {
        TEXT.answerJson(500, "{}");
        VISION.answerJson(200, LIST.formatted(CLASSIFIER));
        expectList(LIST.formatted(CLASSIFIER));
    }

    @Test
    void aServiceThatAnswersNonsenseTakesOnlyItsOwnModelsFromTheList() {
        TEXT.answerJson(200, "[]");
        VISION.answerJson(200, LIST.formatted(CLASSIFIER));
        expectList(LIST.formatted(CLASSIFIER));
    }

    @Test
    void aServiceThatDoesNotAnswerTakesOnlyItsOwnModelsFromTheList() {
        TEXT.answerJson(200, LIST.formatted(TRANSLATOR));
        VISION.answer((request, response) -> Mono.never());
        expectList(LIST.formatted(TRANSLATOR));
    }

    @Test
    void oneModelComesFromTheServiceThatHasIt() {
        TEXT.answer(serves("/v1/models/en-de", TRANSLATOR));
        VISION.answer(serves("/v1/models/flags%20of%20all", CLASSIFIER));
        expectModel("en-de", TRANSLATOR);
        expectModel("flags of all", CLASSIFIER);
    }

    @Test
    void aModelThatNoServiceHasIs404InOpenAisShape() {
        TEXT.answerJson(404, "{}");
        VISION.answerJson(404, "{}");
        client.get()
                .uri("/v1/models/nobody")
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectBody()
                .json("""
                        {"error": {"message": "The model 'nobody' does not exist; GET /v1/models lists those that do.",
                                   "type": "invalid_request_error", "param": "model", "code": "model_not_found"}}""", JsonCompareMode.STRICT);
    }

    /** It may well be the silent one's model. */
    @Test
    void aModelIsNotCalledUnknownWhileAServiceIsSilent() {
        TEXT.answerJson(404, "{}");
        VISION.answerJson(503, "{}");
        client.get()
                .uri("/v1/models/flags")
                .exchange()
                .expectStatus()
                .isEqualTo(503)
                .expectBody()
                .jsonPath("$.error.message")
                .isEqualTo("vision-service cannot be reached; try again shortly.");
    }

    @Test
    void aSilentServiceDoesNotHideAModelThatTheOtherHas() {
        TEXT.answer((request, response) -> Mono.never());
        VISION.answerJson(200, CLASSIFIER);
        expectModel("flags", CLASSIFIER);
    }

    private void expectModel(String id, String json) {
        client.get()
                .uri("/v1/models/{id}", id)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .json(json, JsonCompareMode.STRICT);
    }

    private void expectList(String json) {
        client.get()
                .uri("/v1/models")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentType("application/json")
                .expectBody()
                .json(json, JsonCompareMode.STRICT);
    }

    private static FakeService.Handler serves(String path, String json) {
        return (request, response) -> request.uri().equals(path)
                ? response.header("Content-Type", "application/json").sendString(Mono.just(json))
                : response.sendNotFound();
    }
}
