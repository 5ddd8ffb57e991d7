package dev.triptych.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorCodeTest {

    @Test
    void codesAreUnique() {
        assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::code)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource
    void theStatusFitsTheCategory(ErrorCode code) {
        switch (code.category()) {
            case USER -> assertThat(code.httpStatus()).isBetween(400, 499);
            case CAPACITY -> assertThat(code.httpStatus()).isIn(429, 503);
            case EXTERNAL -> assertThat(code.httpStatus()).isIn(502, 503, 504);
            case INTERNAL -> assertThat(code.httpStatus()).isEqualTo(500);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyCodeIsDocumented(ErrorCode code) throws IOException {
        String page = Files.readString(Path.of("..", "docs", "errors.md"));
        assertThat(page).contains("| `" + code.code() + "` | " + code.httpStatus() + " |");
    }
}
