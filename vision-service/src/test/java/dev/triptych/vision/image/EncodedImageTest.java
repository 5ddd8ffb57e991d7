package dev.triptych.vision.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodedImageTest {

    private static final ImageLimits LIMITS = new ImageLimits(10, 100);

    @Test
    void base64AndDataUrlsAreRead() {
        assertThat(EncodedImage.bytes("AQID", LIMITS)).containsExactly(1, 2, 3);
        assertThat(EncodedImage.bytes("data:image/png;base64,AQID", LIMITS)).containsExactly(1, 2, 3);
        assertThat(EncodedImage.bytes("DATA:;BASE64,AQID", LIMITS)).containsExactly(1, 2, 3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not base64!",
                "data:image/png,AQID",
                "data:image/png;base64",
                "data:image/png;base64,",
                "AQIDB"
            })
    void otherTextIsRefused(String text) {
        assertThatExceptionOfType(TriptychException.Rejected.class)
                .isThrownBy(() -> EncodedImage.bytes(text, LIMITS))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_FIELD))
                .satisfies(e -> assertThat(e.field()).isEqualTo("image"));
    }

    @Test
    void theLimitIsOnTheBytesNotTheText() {
        assertThat(EncodedImage.bytes(Base64.getEncoder().encodeToString(new byte[10]), LIMITS))
                .hasSize(10);
        assertThatExceptionOfType(TriptychException.Rejected.class)
                .isThrownBy(() -> EncodedImage.bytes(Base64.getEncoder().encodeToString(new byte[13]), LIMITS))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE));
    }
}
