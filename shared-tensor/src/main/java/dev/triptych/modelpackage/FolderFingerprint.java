package dev.triptych.modelpackage;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sizes and times of a folder's files, which change while somebody writes there. Cheap: it reads no contents.
 *
 * @param files by their names relative to the folder; hidden ones left out
 */
public record FolderFingerprint(Map<String, FileState> files) {

    public FolderFingerprint {
        files = Map.copyOf(files);
    }

    /**
     * One file.
     *
     * @param modifiedMillis time of its last modification
     */
    public record FileState(long size, long modifiedMillis) {}

    /** The folder as it is; files that vanish meanwhile are left out. */
    public static FolderFingerprint of(Path folder) {
        Map<String, FileState> files = new TreeMap<>();
        try {
            Files.walkFileTree(
                    folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                            String name = folder.relativize(file).toString();
                            if (!isHidden(file)) {
                                files.put(
                                        name,
                                        new FileState(
                                                attributes.size(),
                                                attributes.lastModifiedTime().toMillis()));
                            }
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException e) {
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw new ModelPackageException(folder + " cannot be listed", e);
        }
        return new FolderFingerprint(files);
    }

    private static boolean isHidden(Path file) {
        return String.valueOf(file.getFileName()).startsWith(".");
    }
}
