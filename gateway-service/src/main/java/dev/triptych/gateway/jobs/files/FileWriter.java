package dev.triptych.gateway.jobs.files;

import dev.triptych.gateway.jobs.store.FileTable;
import dev.triptych.gateway.jobs.store.StoredFile;
import java.time.Duration;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Mono;

/** Writes one file from a thread that may wait, a block at a time. For one thread. */
public final class FileWriter {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final FileTable files;
    private final StoredFile begun;
    private final BlockCutter cutter = new BlockCutter();
    private int position;

    FileWriter(FileTable files, StoredFile begun) {
        this.files = files;
        this.begun = begun;
    }

    public void write(byte[] bytes) {
        cutter.add(DefaultDataBufferFactory.sharedInstance.wrap(bytes)).forEach(this::append);
    }

    /** Writes what is left. The file still has to be made visible. */
    public StoredFile end() {
        cutter.rest().forEach(this::append);
        return new StoredFile(
                begun.id(),
                begun.purpose(),
                begun.filename(),
                cutter.total(),
                begun.keyId(),
                begun.createdAt(),
                begun.expiresAt());
    }

    private void append(byte[] block) {
        Mono<Void> appended = files.append(begun.id(), position++, block);
        appended.block(LIMIT);
    }
}
