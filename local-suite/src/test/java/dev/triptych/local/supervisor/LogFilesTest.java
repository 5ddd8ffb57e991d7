package dev.triptych.local.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFilesTest {

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final SuiteConsole console = new SuiteConsole(new PrintStream(out, true, StandardCharsets.UTF_8), false);

    @Test
    void followsFromTheEndWholeLinesOnly() throws IOException {
        Path log = Files.writeString(folder.resolve("a.log"), "before\n");
        LogFollower follower = new LogFollower(console, List.of("a"), folder);

        append(log, "one\nhal");
        follower.poll();
        append(log, "f\n");
        follower.poll();

        assertThat(printed()).containsExactly("a               | one", "a               | half");
    }

    @Test
    void followsALogThatAppearsAndOneThatIsBegunAnew() throws IOException {
        LogFollower follower = new LogFollower(console, List.of("a"), folder);
        follower.poll();
        Path log = Files.writeString(folder.resolve("a.log"), "first, and long\n");
        follower.poll();
        Files.writeString(log, "new\n");
        follower.poll();

        assertThat(printed()).containsExactly("a               | first, and long", "a               | new");
    }

    @Test
    void rotatingKeepsTheLogBefore() throws IOException {
        ServiceLog log = new ServiceLog(folder, "a");
        log.rotate();
        append(log.file(), "old\n");
        log.rotate();

        assertThat(log.file()).isEmptyFile();
        assertThat(folder.resolve("a.log.1")).hasContent("old");
    }

    @Test
    void theTailIsTheLastLines() throws IOException {
        ServiceLog log = new ServiceLog(folder, "a");
        assertThat(log.tail(3)).isEmpty();
        log.rotate();
        append(log.file(), "1\n2\n3\n4");

        assertThat(log.tail(3)).containsExactly("2", "3", "4");
        assertThat(log.tail(9)).containsExactly("1", "2", "3", "4");
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.APPEND);
    }

    private List<String> printed() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
