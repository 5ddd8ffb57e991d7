package dev.triptych.local.client;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/** Where a translated file goes: all of it or, whatever happens, nothing. */
public final class OutputFile {

    private OutputFile() {}

    /** {@code notes.txt} in German is {@code notes.de.txt} beside it. */
    public static Path besides(Path input, String target) {
        String name = input.getFileName().toString();
        int ending = name.lastIndexOf('.');
        return input.resolveSibling(name.substring(0, ending) + "." + target
                + name.substring(ending).toLowerCase(Locale.ROOT));
    }

    /** @throws ClientException if {@code output} can be seen to be unusable before any work is done */
    public static void requireUsable(Path input, Path output) throws ClientException, IOException {
        Path folder = output.toAbsolutePath().getParent();
        if (Files.isDirectory(output)) {
            throw new ClientException(output + " is a folder; the output must be a file");
        }
        if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new ClientException("the folder of " + output + " does not exist or cannot be written to");
        }
        if (Files.exists(output) && Files.isSameFile(input, output)) {
            throw new ClientException("the output would overwrite its own input, " + input);
        }
    }

    public static void write(Path output, byte[] content) throws IOException {
        Path target = output.toAbsolutePath();
        // Not createTempFile: that file would be readable by its owner only, and so would the result.
        Path temporary = target.resolveSibling(
                "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        try {
            Files.write(temporary, content);
            try {
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
