package dev.triptych.gateway.errors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ResponseStatusException;
import reactor.netty.channel.AbortedException;

class FailureTest {

    @ParameterizedTest
    @CsvSource({
        "400, INVALID_REQUEST",
        "404, NOT_FOUND",
        "406, NOT_ACCEPTABLE",
        "413, TOO_LARGE",
        "415, UNSUPPORTED_MEDIA_TYPE",
        "418, INVALID_REQUEST",
        "429, OVERLOADED",
        "500, INTERNAL",
        "502, UPSTREAM_FAILED",
        "503, UNAVAILABLE",
        "504, DEADLINE_EXCEEDED"
    })
    void aStatusThrownByTheFrameworkHasACode(int status, ErrorCode code) {
        assertThat(Failure.of(new ResponseStatusException(HttpStatusCode.valueOf(status), "why"))
                        .code())
                .isEqualTo(code);
    }

    @Test
    void anUnexpectedErrorTellsTheClientNothingOfItself() {
        Failure failure = Failure.of(new IllegalStateException("jdbc:secret"));
        assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(failure.message()).doesNotContain("secret", "Exception");
    }

    @Test
    void aClientThatClosedItsConnectionIsNoFaultOfTheGateway() {
        assertThat(Failure.of(new AbortedException("closed")).code()).isEqualTo(ErrorCode.CANCELLED);
    }

    @Test
    void capacityKeepsItsWaitAndFieldsTheirName() {
        assertThat(Failure.of(new TriptychException.Overloaded(ErrorCode.OVERLOADED, Duration.ofSeconds(7), "full"))
                        .retryAfter())
                .isEqualTo(Duration.ofSeconds(7));
        assertThat(Failure.of(new TriptychException.Rejected(ErrorCode.INVALID_FIELD, "q", "empty"))
                        .field())
                .isEqualTo("q");
    }

    @Test
    void whatHappensOnTheWayToAServiceIsNamed() {
        assertThat(codeOf(new ConnectException())).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(codeOf(new UnknownHostException())).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(codeOf(new TimeoutException())).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        assertThat(codeOf(new IOException("reset"))).isEqualTo(ErrorCode.UPSTREAM_FAILED);
    }

    @Test
    void anErrorThatIsNotTheServicesStaysWhatItWas() {
        TriptychException tooLarge = new TriptychException.Rejected(ErrorCode.TOO_LARGE, null, "m");
        assertThat(UpstreamErrors.translate("text-service", tooLarge)).isSameAs(tooLarge);
        IllegalStateException bug = new IllegalStateException();
        assertThat(UpstreamErrors.translate("text-service", bug)).isSameAs(bug);
    }

    private static ErrorCode codeOf(Throwable error) {
        return Failure.of(UpstreamErrors.translate("text-service", error)).code();
    }
}
