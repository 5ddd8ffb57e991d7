package dev.triptych.local.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A vector counts three words. */
class FolderSearchTest {

    @TempDir
    Path home;

    private Path folder;
    private final List<String> embedded = new ArrayList<>();

    private final Embeddings words = texts -> {
        embedded.addAll(texts);
        return texts.stream().map(FolderSearchTest::vector).toList();
    };

    @BeforeEach
    void write() throws IOException {
        folder = Files.createDirectories(home.resolve("texts/sub"));
        Files.writeString(folder.resolve("cats.txt"), "dog\n\n" + "x".repeat(1000) + "\n\ncat cat cat and a cat");
        Files.writeString(folder.resolveSibling("dogs.md"), "dog dog dog cat");
        Files.write(folder.resolve("picture.bin"), new byte[] {(byte) 0xff, 0, 1});
        Files.writeString(folder.resolve(".hidden"), "cat");
    }

    @Test
    void theBestPassagesAndFilesComeFirstWithTheirLines() throws Exception {
        FolderSearch search = search();
        assertThat(search.update(files -> new SilentProgress())).isEqualTo(2);
        FolderSearch.Answer answer = search.find("cat", 2);
        assertThat(answer.passages().getFirst().file()).isEqualTo("sub/cats.txt");
        assertThat(answer.passages().getFirst().line()).isEqualTo(5);
        assertThat(answer.passages().getFirst().text()).isEqualTo("cat cat cat and a cat");
        assertThat(answer.passages().getFirst().score()).isGreaterThan(0.99);
        assertThat(answer.files().getFirst().file()).isEqualTo("sub/cats.txt");
        assertThat(search.find("dog", 1).files().getFirst().file()).isEqualTo("dogs.md");
    }

    @Test
    void onlyWhatChangedIsEmbeddedAgainAndWhatIsGoneIsForgotten() throws Exception {
        search().update(files -> new SilentProgress());
        embedded.clear();
        search().update(files -> new SilentProgress());
        assertThat(embedded).isEmpty();
        Files.writeString(folder.resolveSibling("dogs.md"), "a cat after all");
        Files.delete(folder.resolve("cats.txt"));
        FolderSearch search = search();
        assertThat(search.update(files -> new SilentProgress())).isEqualTo(1);
        assertThat(embedded).containsExactly("a cat after all");
        assertThat(search.find("cat", 5).passages()).hasSize(1);
    }

    @Test
    void aDamagedIndexIsMadeAnew() throws Exception {
        search().update(files -> new SilentProgress());
        try (var indexes = Files.list(home.resolve("indexes"))) {
            Path index = indexes.findFirst().orElseThrow();
            byte[] bytes = Files.readAllBytes(index);
            Files.write(index, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        }
        embedded.clear();
        assertThat(search().update(files -> new SilentProgress())).isEqualTo(2);
        assertThat(embedded).isNotEmpty();
    }

    private FolderSearch search() {
        return new FolderSearch(home.resolve("texts"), home.resolve("indexes"), "m", words);
    }

    private static float[] vector(String text) {
        double[] counts = {count(text, "cat"), count(text, "dog"), 0.01};
        double length = Math.sqrt(counts[0] * counts[0] + counts[1] * counts[1] + counts[2] * counts[2]);
        return new float[] {(float) (counts[0] / length), (float) (counts[1] / length), (float) (counts[2] / length)};
    }

    private static int count(String text, String word) {
        return text.split(word, -1).length - 1;
    }
}
