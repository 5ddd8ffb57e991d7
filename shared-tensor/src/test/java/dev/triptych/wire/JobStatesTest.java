package dev.triptych.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobStatesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "job | {'id':'job','status':'cancelling'} | job",
                "job | {'status':'cancelled'}             | job",
                "job | {'status':'expired'}               | job",
                "job | {'status':'in_progress'}           | -",
                "job | {'status':'completed'}             | -",
                "job | {'status':7}                       | -",
                "job | [1                                 | -",
                "job | -                                  | -",
                "-   | {'status':'cancelled'}             | -"
            })
    void onlyAJobThatNobodyWaitsForIsCanceled(String key, String value, String job) {
        assertThat(JobStates.cancelled(bytes(key), bytes(value == null ? null : value.replace('\'', '"'))))
                .isEqualTo(Optional.ofNullable(job));
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
