package dev.triptych.gateway.jobs.files;

import dev.triptych.gateway.jobs.store.FileTable;
import dev.triptych.gateway.jobs.store.StoredFile;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.codec.multipart.FilePartEvent;
import org.springframework.http.codec.multipart.FormPartEvent;
import org.springframework.http.codec.multipart.PartEvent;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One upload's parts as they come. The content goes into the store block by block, and the client is read no faster
 * than the store writes. Owned by one subscription.
 */
final class FileUpload {

    private final FileTable files;
    private final StoredFile begun;
    private final FileRules rules;
    private final BlockCutter cutter = new BlockCutter();
    private final AtomicInteger position = new AtomicInteger();
    private @Nullable String purpose;
    private @Nullable String filename;

    /** @param begun the file to fill */
    FileUpload(FileTable files, StoredFile begun, FileRules rules) {
        this.files = files;
        this.begun = begun;
        this.rules = rules;
    }

    /** Fails where a part breaks a rule; the file is then not complete and has to be removed. */
    Mono<StoredFile> store(Flux<PartEvent> parts) {
        return parts.concatMapIterable(this::read, 1)
                .concatWith(Flux.defer(() -> Flux.fromIterable(cutter.rest())))
                .concatMap(block -> files.append(begun.id(), position.getAndIncrement(), block), 1)
                .then(Mono.defer(this::finish));
    }

    private Iterable<byte[]> read(PartEvent part) {
        return switch (part) {
            case FormPartEvent field -> {
                field(field);
                yield List.of();
            }
            case FilePartEvent piece -> content(piece);
            default -> {
                DataBufferUtils.release(part.content());
                yield List.of();
            }
        };
    }

    private void field(FormPartEvent field) {
        switch (field.name()) {
            case "purpose" -> {
                if (!field.value().equals(StoredFile.INPUT)) {
                    throw invalid("purpose", "purpose must be batch, got \"" + cut(field.value()) + "\"");
                }
                purpose = field.value();
            }
            case "file" -> throw invalid("file", "file must be sent as a file, with a file name");
            default ->
                throw new TriptychException.Rejected(
                        ErrorCode.INVALID_REQUEST, cut(field.name()), "unknown field " + cut(field.name()));
        }
    }

    private Iterable<byte[]> content(FilePartEvent piece) {
        DataBuffer content = piece.content();
        if (!piece.name().equals("file") || (filename != null && !filename.equals(piece.filename()))) {
            DataBufferUtils.release(content);
            throw invalid("file", "there must be one file, in the part named file");
        }
        filename = piece.filename();
        if (cutter.total() + content.readableByteCount() > rules.maxBytes()) {
            DataBufferUtils.release(content);
            throw new TriptychException.Rejected(
                    ErrorCode.TOO_LARGE,
                    "file",
                    "The file goes on after " + rules.maxBytes() + " bytes, which is the limit.");
        }
        return cutter.add(content);
    }

    private Mono<StoredFile> finish() {
        String given = purpose;
        if (given == null) {
            return Mono.error(missing("purpose"));
        }
        if (filename == null) {
            return Mono.error(missing("file"));
        }
        StoredFile stored = new StoredFile(
                begun.id(), given, cut(filename), cutter.total(), begun.keyId(), begun.createdAt(), begun.expiresAt());
        return files.complete(stored).thenReturn(stored);
    }

    private static TriptychException missing(String field) {
        return new TriptychException.Rejected(ErrorCode.INVALID_REQUEST, field, field + " is required");
    }

    private static TriptychException invalid(String field, String message) {
        return new TriptychException.Rejected(ErrorCode.INVALID_FIELD, field, message);
    }

    private static String cut(String text) {
        return text.length() <= 255 ? text : text.substring(0, 255);
    }
}
