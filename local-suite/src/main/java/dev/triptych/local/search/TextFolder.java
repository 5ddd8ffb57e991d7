package dev.triptych.local.search;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The text files below a folder. Hidden ones, large ones and those that are no UTF-8 text are left out; links are not
 * followed.
 *
 * @param root the folder
 */
record TextFolder(Path root) {

    static final int MOST_FILES = 20_000;
    static final long LARGEST_BYTES = 4_000_000;

    /** @param name its path below the folder, with {@code /} */
    record TextFile(String name, String digest, String text) {}

    /**
     * Names in their order.
     *
     * @throws SearchException where there are too many
     */
    List<String> names() throws IOException, SearchException {
        List<String> names = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return hidden(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile() && !hidden(file) && attributes.size() <= LARGEST_BYTES) {
                    names.add(root.relativize(file).toString().replace('\\', '/'));
                }
                return names.size() > MOST_FILES ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        if (names.size() > MOST_FILES) {
            throw new SearchException(root + " has more than " + MOST_FILES + " files; search a part of it");
        }
        names.sort(null);
        return names;
    }

    private boolean hidden(Path path) {
        return !path.equals(root) && String.valueOf(path.getFileName()).startsWith(".");
    }

    /** Empty where the file is no text, or gone. */
    Optional<TextFile> read(String name) {
        try {
            byte[] bytes = Files.readAllBytes(root.resolve(name));
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.isBlank() || text.indexOf('\0') >= 0
                    ? Optional.empty()
                    : Optional.of(new TextFile(name, digest(bytes), text));
        } catch (CharacterCodingException e) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
