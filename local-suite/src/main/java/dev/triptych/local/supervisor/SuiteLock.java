package dev.triptych.local.supervisor;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Held by the one supervisor of a checkout for as long as it lives; the operating system lets go of it however the
 * process ends, so it never has to be cleaned up.
 */
final class SuiteLock implements AutoCloseable {

    private final FileChannel channel;

    private SuiteLock(FileChannel channel) {
        this.channel = channel;
    }

    /** The lock, or nothing where another supervisor has it. */
    static Optional<SuiteLock> take(Path runFolder) throws IOException {
        Files.createDirectories(runFolder);
        FileChannel channel =
                FileChannel.open(runFolder.resolve("suite.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return Optional.of(new SuiteLock(channel));
            }
        } catch (OverlappingFileLockException e) {
            // Held in this very JVM.
        }
        channel.close();
        return Optional.empty();
    }

    /** Whether a supervisor lives. */
    static boolean isHeld(Path runFolder) throws IOException {
        Optional<SuiteLock> lock = take(runFolder);
        if (lock.isPresent()) {
            lock.get().close();
        }
        return lock.isEmpty();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
