package dev.triptych.gateway.jobs.files;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.triptych.gateway.access.Caller;
import dev.triptych.gateway.jobs.store.FileTable;
import dev.triptych.gateway.jobs.store.Owner;
import dev.triptych.gateway.jobs.store.StoredFile;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.codec.multipart.PartEvent;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** OpenAI's file endpoints. */
@RestController
final class FileController {

    private static final int MAX_LIMIT = 10_000;

    private final FileTable files;
    private final FileShelf shelf;
    private final FileRules rules;

    FileController(FileTable files, FileShelf shelf, FileRules rules) {
        this.files = files;
        this.shelf = shelf;
        this.rules = rules;
    }

    @PostMapping(path = "/v1/files", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    Mono<FileReply> upload(@RequestBody Flux<PartEvent> parts, @RequestAttribute(Caller.ATTRIBUTE) Caller caller) {
        return shelf.fill(
                        StoredFile.INPUT,
                        "upload",
                        Owner.of(caller).keyId(),
                        begun -> new FileUpload(files, begun, rules).store(parts))
                .map(FileReply::of);
    }

    @GetMapping("/v1/files")
    Mono<FileList> list(
            @RequestParam(required = false) @Nullable String purpose,
            @RequestParam(required = false) @Nullable Integer limit,
            @RequestParam(required = false) @Nullable String order,
            @RequestParam(required = false) @Nullable String after,
            @RequestAttribute(Caller.ATTRIBUTE) Caller caller) {
        return files.list(purpose, PageParameters.read(limit, MAX_LIMIT, order, after), Owner.of(caller))
                .map(page ->
                        FileList.of(page.entries().stream().map(FileReply::of).toList(), page.more()));
    }

    @GetMapping("/v1/files/{id}")
    Mono<FileReply> one(@PathVariable String id, @RequestAttribute(Caller.ATTRIBUTE) Caller caller) {
        return find(id, caller).map(FileReply::of);
    }

    @GetMapping("/v1/files/{id}/content")
    Mono<Void> content(
            @PathVariable String id, @RequestAttribute(Caller.ATTRIBUTE) Caller caller, ServerHttpResponse response) {
        return find(id, caller).flatMap(file -> {
            HttpHeaders headers = response.getHeaders();
            headers.setContentType(MediaType.APPLICATION_OCTET_STREAM);
            headers.setContentLength(file.bytes());
            headers.setContentDisposition(ContentDisposition.attachment()
                    .filename(file.filename(), StandardCharsets.UTF_8)
                    .build());
            Function<byte[], DataBuffer> wrap = response.bufferFactory()::wrap;
            // Each block flushed alone: none waits for the next.
            return response.writeAndFlushWith(files.content(file).map(block -> Mono.just(wrap.apply(block))));
        });
    }

    @DeleteMapping("/v1/files/{id}")
    Mono<FileReply.Deleted> delete(@PathVariable String id, @RequestAttribute(Caller.ATTRIBUTE) Caller caller) {
        return find(id, caller)
                .then(files.reader(id).flatMap(batch -> Mono.error(inUse(id, batch))))
                .then(files.delete(id))
                .map(gone -> new FileReply.Deleted(id, "file", true));
    }

    private static TriptychException inUse(String id, String batch) {
        return new TriptychException.Rejected(
                ErrorCode.INVALID_REQUEST,
                "id",
                id + " is the input of " + batch + ", which has not ended; cancel that first");
    }

    private Mono<StoredFile> find(String id, Caller caller) {
        return files.find(id, Owner.of(caller))
                .switchIfEmpty(Mono.error(() -> new TriptychException.Rejected(
                        ErrorCode.NOT_FOUND, "id", "No such file: " + id + "; GET /v1/files lists those there are.")));
    }

    record FileList(
            String object,
            List<FileReply> data,
            @JsonProperty("first_id") @Nullable String firstId,

            @JsonProperty("last_id") @Nullable String lastId,

            @JsonProperty("has_more") boolean hasMore) {

        static FileList of(List<FileReply> files, boolean more) {
            return new FileList(
                    "list",
                    files,
                    files.isEmpty() ? null : files.getFirst().id(),
                    files.isEmpty() ? null : files.getLast().id(),
                    more);
        }
    }
}
