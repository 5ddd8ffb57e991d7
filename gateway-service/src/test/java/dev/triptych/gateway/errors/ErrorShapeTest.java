package dev.triptych.gateway.errors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.wire.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorShapeTest {

    private static final Failure BAD_FIELD =
            new Failure(ErrorCode.INVALID_FIELD, "max_tokens: at most 512, got 513", "max_tokens", null, Set.of());

    @ParameterizedTest
    @CsvSource({
        "/v1/models, OPENAI",
        "/v1/models/en-de, OPENAI",
        "/v1/completions, OPENAI",
        "/v1/chat/completions, OPENAI",
        "/v1/embeddings, OPENAI",
        "/v1/files/file-1/content, OPENAI",
        "/v1/batches/batch-1/cancel, OPENAI",
        "/v1/modelsX, PROBLEM",
        "/v1/translations, PROBLEM",
        "/v1/attention, PROBLEM",
        "/v1/vision/classifications, PROBLEM",
        "/, PROBLEM",
        "/translate, TEXT_ONLY",
        "/translate_file, TEXT_ONLY",
        "/translateX, PROBLEM",
        "/languages, TEXT_ONLY",
        "/detect, TEXT_ONLY",
        "/frontend/settings, TEXT_ONLY",
        "/v2, TEXT_ONLY",
        "/v2/models/m/infer, TEXT_ONLY"
    })
    void thePathDecidesTheShape(String path, ErrorShape shape) {
        assertThat(ErrorShape.ofPath(path)).isEqualTo(shape);
    }

    @Test
    void aProblemNamesStatusCodeAndField() {
        assertThat(json(ErrorShape.PROBLEM, BAD_FIELD))
                .isEqualTo("{\"type\":\"about:blank\",\"title\":\"Unprocessable Content\",\"status\":422,"
                        + "\"detail\":\"max_tokens: at most 512, got 513\",\"code\":\"invalid_field\","
                        + "\"field\":\"max_tokens\"}");
    }

    @Test
    void openAisErrorHasAllFourFields() {
        assertThat(json(ErrorShape.OPENAI, BAD_FIELD))
                .isEqualTo("{\"error\":{\"message\":\"max_tokens: at most 512, got 513\","
                        + "\"type\":\"invalid_request_error\",\"param\":\"max_tokens\",\"code\":\"invalid_field\"}}");
        assertThat(json(ErrorShape.OPENAI, new Failure(ErrorCode.NOT_FOUND, "m", null, null, Set.of())))
                .contains("\"param\":null");
    }

    @Test
    void theOthersHaveTheMessageOnly() {
        assertThat(json(ErrorShape.TEXT_ONLY, BAD_FIELD)).isEqualTo("{\"error\":\"max_tokens: at most 512, got 513\"}");
    }

    @Test
    void aBrokenStreamEndsInTheErrorAndTheProtocolsEnd() {
        assertThat(ErrorShape.OPENAI.lastEvents(BAD_FIELD))
                .startsWith("\n\ndata: {\"error\":{\"message\"")
                .endsWith("}\n\ndata: [DONE]\n\n");
        assertThat(ErrorShape.TEXT_ONLY.lastEvents(BAD_FIELD))
                .isEqualTo("\n\ndata: {\"error\":\"max_tokens: at most 512, got 513\"}\n\n");
    }

    @Test
    void capacityHasATypeThatClientsRetry() {
        assertThat(json(ErrorShape.OPENAI, new Failure(ErrorCode.OVERLOADED, "m", null, null, Set.of())))
                .contains("\"type\":\"rate_limit_error\"");
        assertThat(json(ErrorShape.OPENAI, new Failure(ErrorCode.UNAVAILABLE, "m", null, null, Set.of())))
                .contains("\"type\":\"service_unavailable_error\"");
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyCodeHasEveryShape(ErrorCode code) {
        Failure failure = new Failure(code, "m", null, null, Set.of());
        assertThat(json(ErrorShape.PROBLEM, failure))
                .contains("\"status\":" + code.httpStatus())
                .contains("\"code\":\"" + code.code() + "\"");
        assertThat(json(ErrorShape.OPENAI, failure)).contains("\"code\":\"" + code.code() + "\"");
        assertThat(json(ErrorShape.TEXT_ONLY, failure)).isEqualTo("{\"error\":\"m\"}");
    }

    private static String json(ErrorShape shape, Failure failure) {
        return new String(shape.json(failure), StandardCharsets.UTF_8);
    }
}
