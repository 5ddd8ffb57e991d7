package dev.triptych.vision.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ErrorResponsesTest {

    private static final String VISION = "/v1/vision/classifications";

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyCodeIsAProblemWithItsStatusCodeAndField(ErrorCode code) {
        MockServerHttpResponse response = handle(VISION, new TriptychException.Rejected(code, "top_k", "the rule"));
        JsonNode body = body(response);
        assertThat(response.getStatusCode().value()).isEqualTo(code.httpStatus());
        assertThat(response.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
        assertThat(body.get("status").intValue()).isEqualTo(code.httpStatus());
        assertThat(body.get("code").stringValue()).isEqualTo(code.code());
        assertThat(body.get("field").stringValue()).isEqualTo("top_k");
        assertThat(body.get("detail").stringValue()).isEqualTo("the rule");
        assertThat(body.get("title").stringValue()).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyCodeHasOpenaisShapeUnderModels(ErrorCode code) {
        MockServerHttpResponse response =
                handle("/v1/models/x", new TriptychException.Rejected(code, null, "the rule"));
        JsonNode error = body(response).get("error");
        assertThat(response.getStatusCode().value()).isEqualTo(code.httpStatus());
        assertThat(response.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_JSON);
        assertThat(error.get("message").stringValue()).isEqualTo("the rule");
        assertThat(error.get("code").stringValue()).isEqualTo(code.code());
        assertThat(error.get("type").stringValue()).endsWith("_error");
        assertThat(error.has("param")).isTrue();
    }

    @Test
    void overloadSaysWhenToComeBackInWholeSeconds() {
        MockServerHttpResponse response =
                handle(VISION, new TriptychException.Overloaded(ErrorCode.OVERLOADED, Duration.ofMillis(1200), "full"));
        assertThat(response.getStatusCode()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
        assertThat(response.getHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("2");
    }

    @Test
    void whatNobodyForesawIsInternalAndSaysNothingOfTheInside() {
        MockServerHttpResponse response = handle(VISION, new IllegalStateException("secret"));
        assertThat(response.getStatusCode()).isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
        assertThat(response.getBodyAsString().block()).doesNotContain("secret");
    }

    @Test
    void springsOwnErrorsKeepTheirStatus() {
        for (HttpStatus status : new HttpStatus[] {
            HttpStatus.NOT_FOUND,
            HttpStatus.METHOD_NOT_ALLOWED,
            HttpStatus.UNSUPPORTED_MEDIA_TYPE,
            HttpStatus.BAD_REQUEST
        }) {
            assertThat(handle("/other", new ResponseStatusException(status)).getStatusCode())
                    .isEqualTo(status);
        }
    }

    private static MockServerHttpResponse handle(String path, Throwable failure) {
        MockServerWebExchange exchange =
                MockServerWebExchange.from(MockServerHttpRequest.post(path).build());
        new ErrorResponses().handle(exchange, failure).block(Duration.ofSeconds(5));
        return exchange.getResponse();
    }

    private static JsonNode body(MockServerHttpResponse response) {
        return JsonMapper.shared().readTree(response.getBodyAsString().block(Duration.ofSeconds(5)));
    }
}
