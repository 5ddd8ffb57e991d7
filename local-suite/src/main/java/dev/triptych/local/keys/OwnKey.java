package dev.triptych.local.keys;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** This checkout's own admin key, in a file that nobody but its user can read. */
public final class OwnKey {

    private static final String OWNER_ONLY = "rw-------";

    private final Path file;

    public OwnKey(Path file) {
        this.file = file;
    }

    public Path file() {
        return file;
    }

    /** {@code null}: none was made yet. */
    @Nullable
    String read() throws KeyException {
        try {
            return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                    ? Files.readString(file).strip()
                    : null;
        } catch (IOException e) {
            throw new KeyException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Makes the file before there is a secret to put into it, so that a key is never made in vain. */
    void reserve() throws KeyException {
        try {
            Files.createDirectories(file.getParent());
            boolean posix = Files.getFileStore(file.getParent()).supportsFileAttributeView("posix");
            FileAttribute<?>[] attributes = posix
                    ? new FileAttribute<?>[] {
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY))
                    }
                    : new FileAttribute<?>[0];
            Files.createFile(file, attributes);
        } catch (FileAlreadyExistsException e) {
            throw new KeyException(
                    file + " holds the key of another gateway; move it away, or set TRIPTYCH_API_KEY", e);
        } catch (IOException e) {
            throw new KeyException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    void write(String secret) throws KeyException {
        try {
            Files.writeString(file, secret + "\n");
        } catch (IOException e) {
            throw new KeyException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** Gives up what was reserved. */
    void forget() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // An empty file is in the way of the next try, which says so.
        }
    }
}
