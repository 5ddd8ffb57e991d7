package dev.triptych.text.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.modelpackage.FolderFingerprint;
import dev.triptych.modelpackage.FolderFingerprint.FileState;
import dev.triptych.text.runtime.RepositoryWatch.Change;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RepositoryWatchTest {

    private final RepositoryWatch watch = new RepositoryWatch(Duration.ofNanos(10));

    @Test
    void whatIsThereAtTheBeginningIsNoChange() {
        watch.begin(Map.of("a", files(1)));
        assertThat(watch.look(Map.of("a", files(1)), 100)).isEmpty();
    }

    @Test
    void aNewFolderIsToldOfOnceItIsQuietAndOnceOnly() {
        assertThat(watch.look(Map.of("a", files(1)), 100)).isEmpty();
        assertThat(watch.look(Map.of("a", files(2)), 109)).isEmpty();
        assertThat(watch.look(Map.of("a", files(2)), 118)).isEmpty();
        assertThat(watch.look(Map.of("a", files(2)), 119)).containsExactly(new Change.Settled("a"));
        assertThat(watch.look(Map.of("a", files(2)), 200)).isEmpty();
        assertThat(watch.known()).isEqualTo(Map.of("a", files(2)));
    }

    @Test
    void aChangedFolderIsToldOfAgain() {
        watch.begin(Map.of("a", files(1), "b", files(1)));
        assertThat(watch.look(Map.of("a", files(1), "b", files(2)), 50)).isEmpty();
        assertThat(watch.look(Map.of("a", files(1), "b", files(2)), 60)).containsExactly(new Change.Settled("b"));
    }

    @Test
    void aFolderThatIsGoneForGoodIsToldOfAndOneThatIsReplacedInBetweenIsNot() {
        watch.begin(Map.of("a", files(1), "b", files(1)));
        assertThat(watch.look(Map.of(), 50)).isEmpty();
        assertThat(watch.known()).isEmpty();
        assertThat(watch.look(Map.of("b", files(3)), 55)).isEmpty();
        assertThat(watch.look(Map.of("b", files(3)), 60)).containsExactly(new Change.Removed("a"));
        assertThat(watch.look(Map.of("b", files(3)), 65)).containsExactly(new Change.Settled("b"));
        assertThat(watch.look(Map.of("b", files(3)), 100)).isEmpty();
    }

    private static FolderFingerprint files(long modified) {
        return new FolderFingerprint(Map.of("config.json", new FileState(7, modified)));
    }
}
