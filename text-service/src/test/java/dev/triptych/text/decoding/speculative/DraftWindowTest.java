package dev.triptych.text.decoding.speculative;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DraftWindowTest {

    @ParameterizedTest
    @CsvSource({
        // chances | rows | length
        "'', 1, 0",
        "1 1 1 1, 1, 4",
        "0.01, 1, 0",
        "0.9 0.9 0.9 0.9 0.9 0.9, 1, 6",
        "0.5 0.5 0.5, 1, 2", // 1.5 tokens in 8 positions' time, 1.75 in 9, 1.875 in 10
        "0.5 0.5 0.5, 64, 0",
        "0.99 0.99 0.1, 64, 2", // in company the positions are all that counts
        "1 1, 64, 2",
        "0.1 1 1 1 1 1 1 1, 1, 0",
        "0.3 1 1 1 1 1 1 1, 1, 8", // an unsure token before many sure ones
    })
    void theWindowBringsTheMostTokensInItsTime(String chances, int rows, int length) {
        double[] all = chances.isBlank()
                ? new double[0]
                : Arrays.stream(chances.split(" "))
                        .mapToDouble(Double::parseDouble)
                        .toArray();
        assertThat(DraftWindow.length(all, all.length, rows)).isEqualTo(length);
    }
}
