package dev.triptych.local.supervisor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * What lets a service start fast: its jar unpacked, and beside it an ahead-of-time cache (JEP 483, 515) of a start that was
 * made for it ({@link StartupTraining}). It belongs to one build of the jar and one JDK, after which its folder is named: a
 * jar that was built anew, or another JDK, finds none and starts as ever.
 *
 * <pre>
 *   var/cache/SERVICE/KEY/app/SERVICE-exec.jar  lib/…      the jar unpacked
 *   var/cache/SERVICE/KEY/service.aot                      there once the training has succeeded
 * </pre>
 */
final class StartupCache {

    private final Path jar;
    private final Path folder;

    /**
     * @param folder of all the service's caches
     * @param jar the executable one, as it was built
     */
    StartupCache(Path folder, Path jar) {
        this.jar = jar;
        this.folder = folder.resolve(key(jar));
    }

    private static String key(Path jar) {
        String build = jar + " " + contents(jar) + " " + Runtime.version() + " " + System.getProperty("java.home");
        return UUID.nameUUIDFromBytes(build.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** By the checksums in the jar's directory: builds that can be reproduced give every jar one and the same time. */
    private static String contents(Path jar) {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return zip.stream()
                    .map(entry -> entry.getName() + ":" + entry.getCrc())
                    .collect(Collectors.joining(" "));
        } catch (IOException e) {
            return "unreadable";
        }
    }

    /** Whether there is one for this jar and this JDK. */
    boolean ready() {
        return Files.isRegularFile(archive());
    }

    /** The last arguments of the JVM: through the cache where there is one, else the jar as it was built. */
    List<String> arguments() {
        return ready()
                ? List.of("-XX:AOTCache=" + archive(), "-jar", unpacked().toString())
                : List.of("-jar", jar.toString());
    }

    /** The last arguments of the JVM for a start from which the cache is made. */
    List<String> training() {
        return List.of("-XX:AOTCacheOutput=" + draft(), "-jar", unpacked().toString());
    }

    /** The command that unpacks the jar. */
    List<String> unpacking(String java) throws IOException {
        forgetOthers();
        Files.createDirectories(folder);
        return List.of(
                java,
                "-Djarmode=tools",
                "-jar",
                jar.toString(),
                "extract",
                "--force",
                "--destination",
                folder.resolve("app").toString());
    }

    /** Takes what the training made into use. Returns whether it made anything. */
    boolean keep() throws IOException {
        if (!Files.isRegularFile(draft())) {
            return false;
        }
        Files.move(draft(), archive());
        return true;
    }

    private Path archive() {
        return folder.resolve("service.aot");
    }

    private Path draft() {
        return folder.resolve("draft.aot");
    }

    private Path unpacked() {
        return folder.resolve("app").resolve(jar.getFileName());
    }

    /** Of earlier builds and other JDKs, and what an interrupted training left. */
    private void forgetOthers() throws IOException {
        Path all = folder.getParent();
        if (all == null || !Files.isDirectory(all)) {
            return;
        }
        List<Path> folders;
        try (Stream<Path> children = Files.list(all)) {
            folders = children.toList();
        }
        for (Path each : folders) {
            delete(each);
        }
    }

    private static void delete(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
