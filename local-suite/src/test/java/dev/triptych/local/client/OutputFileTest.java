package dev.triptych.local.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {

    @TempDir
    Path folder;

    @Test
    void theTargetLanguageGoesBeforeTheExtension() {
        assertThat(OutputFile.besides(Path.of("docs/notes.txt"), "de")).isEqualTo(Path.of("docs/notes.de.txt"));
        assertThat(OutputFile.besides(Path.of("NOTES.TXT"), "pt-BR")).isEqualTo(Path.of("NOTES.pt-BR.txt"));
    }

    @Test
    void writingReplacesTheFileAndLeavesNothingElse() throws IOException {
        Path output = folder.resolve("a.txt");
        Files.writeString(output, "old and longer");

        OutputFile.write(output, new byte[] {'n', 'e', 'w'});

        assertThat(output).hasContent("new");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(output);
        }
    }

    @Test
    void theInputIsNeverOverwritten() throws IOException {
        Path input = Files.writeString(folder.resolve("a.txt"), "x");

        assertThatThrownBy(() -> OutputFile.requireUsable(input, folder.resolve("./a.txt")))
                .hasMessageContaining("overwrite");
    }

    @Test
    void aMissingFolderIsSaidBeforeAnyWork() throws IOException {
        Path input = Files.writeString(folder.resolve("a.txt"), "x");

        assertThatThrownBy(() -> OutputFile.requireUsable(input, folder.resolve("nowhere/b.txt")))
                .hasMessageContaining("does not exist");
    }
}
