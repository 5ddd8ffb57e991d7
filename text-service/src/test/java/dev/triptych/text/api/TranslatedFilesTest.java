package dev.triptych.text.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.testkit.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TranslatedFilesTest {

    private final ManualClock clock = new ManualClock();
    private final TranslatedFiles files = new TranslatedFiles(clock);

    @Test
    void aFileIsThereForAWhile() {
        String key = files.keep("a.de.txt", new byte[] {1, 2});
        assertThat(key).endsWith(".a.de.txt");
        clock.advance(Duration.ofMinutes(9));
        assertThat(files.get(key))
                .hasValueSatisfying(content -> assertThat(content).containsExactly(1, 2));
        clock.advance(Duration.ofMinutes(2));
        assertThat(files.get(key)).isEmpty();
    }

    @Test
    void theOldestGoesFirstWhereThereIsNoRoom() {
        String first = files.keep("a", new byte[33 << 20]);
        String second = files.keep("b", new byte[33 << 20]);
        assertThat(files.get(first)).isEmpty();
        assertThat(files.get(second)).isPresent();
        for (int i = 0; i < 256; i++) {
            files.keep("c" + i, new byte[1]);
        }
        assertThat(files.get(second)).isEmpty();
    }
}
