package dev.triptych.gateway.jobs.files;

import dev.triptych.gateway.jobs.store.FileTable;
import dev.triptych.gateway.jobs.store.StoredFile;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Where files begin and end: gives ids, removes what was not filled or has expired. Safe from any thread. */
public final class FileShelf {

    private static final Logger LOG = LoggerFactory.getLogger(FileShelf.class);

    /** No upload takes as long. */
    private static final Duration STALE = Duration.ofDays(1);

    private final FileTable files;
    private final FileRules rules;
    private final Clock clock;
    private final Scheduler scheduler;

    /** @param scheduler may block, as the source of ids does */
    public FileShelf(FileTable files, FileRules rules, Clock clock, Scheduler scheduler) {
        this.files = files;
        this.rules = rules;
        this.clock = clock;
        this.scheduler = scheduler;
    }

    /**
     * Begins a file and has it filled; where that fails or is canceled, nothing of it stays.
     *
     * @param keyId whose it is; {@code null}: nobody's
     * @param fill completes the file that was begun
     */
    public Mono<StoredFile> fill(
            String purpose, String filename, @Nullable String keyId, Function<StoredFile, Mono<StoredFile>> fill) {
        return Mono.usingWhen(
                begin(purpose, filename, keyId),
                fill,
                done -> Mono.empty(),
                (begun, failure) -> files.delete(begun.id()),
                begun -> files.delete(begun.id()));
    }

    /** Begins a file for a thread that may wait; one that is never completed is removed in time. */
    public Mono<FileWriter> writer(String purpose, String filename, @Nullable String keyId) {
        return begin(purpose, filename, keyId).map(begun -> new FileWriter(files, begun));
    }

    private Mono<StoredFile> begin(String purpose, String filename, @Nullable String keyId) {
        return Mono.fromCallable(() -> {
                    Instant now = clock.instant();
                    Instant expires = rules.retention().isZero() ? null : now.plus(rules.retention());
                    String id = "file-" + UUID.randomUUID().toString().replace("-", "");
                    return new StoredFile(id, purpose, filename, 0, keyId, now, expires);
                })
                .subscribeOn(scheduler)
                .flatMap(file -> files.begin(file).thenReturn(file));
    }

    /** Removes files whose time is over and uploads that a crash cut off. */
    public Mono<Void> cleanUp() {
        Instant now = clock.instant();
        return files.expired(now, now.minus(STALE))
                .flatMapIterable(ids -> ids)
                .concatMap(files::delete)
                .count()
                .doOnNext(count -> {
                    if (count > 0) {
                        LOG.info("removed {} files whose time was over", count);
                    }
                })
                .then();
    }
}
