package dev.triptych.local.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartupCacheTest {

    @TempDir
    Path home;

    private Path jar;
    private Path caches;

    @BeforeEach
    void build() throws IOException {
        jar = home.resolve("text-service-exec.jar");
        caches = home.resolve("cache/text-service");
        build("built");
    }

    private void build(String contents) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry("Service.class"));
            zip.write(contents.getBytes(StandardCharsets.UTF_8));
        }
        Files.setLastModifiedTime(jar, FileTime.fromMillis(1_700_000_000_000L));
    }

    @Test
    void withoutOneTheJarIsRunAsItWasBuilt() throws IOException {
        assertThat(cache().arguments()).containsExactly("-jar", jar.toString());
        assertThat(cache().keep()).isFalse();
    }

    @Test
    void whatATrainingMadeIsUsedFromThenOn() throws IOException {
        train();
        List<String> arguments = cache().arguments();
        assertThat(arguments).hasSize(3);
        assertThat(arguments.getFirst()).startsWith("-XX:AOTCache=" + caches);
        assertThat(Path.of(arguments.getLast()))
                .isNotEqualTo(jar)
                .hasFileName("text-service-exec.jar")
                .startsWithRaw(caches);
    }

    @Test
    void aJarThatWasBuiltAnewHasNone() throws IOException {
        train();
        long size = Files.size(jar);
        build("BUILT");
        assertThat(jar).hasSize(size);
        assertThat(cache().ready()).isFalse();
        assertThat(cache().arguments()).containsExactly("-jar", jar.toString());
    }

    @Test
    void unpackingForgetsTheCachesOfEarlierBuilds() throws IOException {
        train();
        build("built again");
        train();
        try (var folders = Files.list(caches)) {
            assertThat(folders).hasSize(1);
        }
        assertThat(cache().ready()).isTrue();
    }

    private StartupCache cache() {
        return new StartupCache(caches, jar);
    }

    /** As if the processes had run. */
    private void train() throws IOException {
        StartupCache cache = cache();
        assertThat(cache.unpacking("java")).contains("extract", jar.toString());
        Path draft = Path.of(cache.training().getFirst().substring("-XX:AOTCacheOutput=".length()));
        Files.writeString(draft, "archive");
        assertThat(cache.keep()).isTrue();
    }
}
