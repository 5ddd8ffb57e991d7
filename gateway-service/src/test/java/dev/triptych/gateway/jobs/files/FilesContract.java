package dev.triptych.gateway.jobs.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.triptych.gateway.jobs.store.FileTable;
import dev.triptych.gateway.support.FakeServices;
import dev.triptych.gateway.support.MultipartForm;
import dev.triptych.gateway.support.RawClient;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What OpenAI's clients rely on, whichever database keeps the files. */
abstract class FilesContract extends FakeServices {

    private static final int MIB = 1024 * 1024;

    @Autowired
    private WebTestClient client;

    @Autowired
    private FileTable files;

    @Test
    void aFileComesBackAsItWasSent() {
        byte[] content = "{\"custom_id\":\"ä\"}\n".getBytes(StandardCharsets.UTF_8);
        long before = Instant.now().getEpochSecond();
        JsonNode file = upload(content, "requests.jsonl");

        assertThat(file.propertyNames())
                .containsExactlyInAnyOrder(
                        "id", "object", "bytes", "created_at", "expires_at", "filename", "purpose", "status");
        assertThat(file.path("id").asString()).startsWith("file-");
        assertThat(file.path("object").asString()).isEqualTo("file");
        assertThat(file.path("bytes").asLong()).isEqualTo(content.length);
        assertThat(file.path("created_at").asLong())
                .isBetween(before, Instant.now().getEpochSecond());
        assertThat(file.path("expires_at").asLong())
                .isEqualTo(file.path("created_at").asLong() + 30 * 86_400);
        assertThat(file.path("filename").asString()).isEqualTo("requests.jsonl");
        assertThat(file.path("purpose").asString()).isEqualTo("batch");
        assertThat(file.path("status").asString()).isEqualTo("processed");
        assertThat(get("/v1/files/" + id(file))).isEqualTo(file);
        assertThat(content(id(file))).isEqualTo(content);
    }

    /** The block's length, one byte around it, and several blocks. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 262_143, 262_144, 262_145, 3_000_000})
    void everyLengthComesBackWhole(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        assertThat(content(id(upload(content, "any.jsonl")))).isEqualTo(content);
    }

    @Test
    void aDeletedFileIsGoneWithItsContent() {
        String id = id(upload(new byte[] {1}, "a.jsonl"));
        client.delete()
                .uri("/v1/files/" + id)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .json("{\"id\":\"" + id + "\",\"object\":\"file\",\"deleted\":true}");
        for (String path : List.of("/v1/files/" + id, "/v1/files/" + id + "/content")) {
            client.get()
                    .uri(path)
                    .exchange()
                    .expectStatus()
                    .isNotFound()
                    .expectBody()
                    .jsonPath("$.error.code")
                    .isEqualTo("not_found")
                    .jsonPath("$.error.type")
                    .isEqualTo("invalid_request_error");
        }
        assertThat(files.block(id, 0).blockOptional(Duration.ofSeconds(20))).isEmpty();
    }

    @Test
    void listsAreReadPageByPageInEitherOrder() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.add(id(upload(new byte[i], i + ".jsonl")));
        }
        JsonNode newest = get("/v1/files?purpose=batch&limit=2");
        assertThat(newest.path("object").asString()).isEqualTo("list");
        assertThat(newest.path("data").valueStream().map(FilesContract::id)).containsExactly(ids.get(4), ids.get(3));
        assertThat(newest.path("has_more").asBoolean()).isTrue();
        assertThat(newest.path("first_id").asString()).isEqualTo(ids.get(4));
        assertThat(newest.path("last_id").asString()).isEqualTo(ids.get(3));
        assertThat(get("/v1/files?limit=2&after=" + ids.get(3))
                        .path("data")
                        .valueStream()
                        .map(FilesContract::id))
                .containsExactly(ids.get(2), ids.get(1));
        JsonNode oldest = get("/v1/files?order=asc&after=" + ids.get(2));
        assertThat(oldest.path("data").valueStream().map(FilesContract::id)).containsExactly(ids.get(3), ids.get(4));
        assertThat(oldest.path("has_more").asBoolean()).isFalse();
        assertThat(get("/v1/files?purpose=fine-tune").path("data").size()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/files?limit=0, limit, 1 to 10000",
        "/v1/files?limit=10001, limit, 10001",
        "/v1/files?order=up, order, asc or desc"
    })
    void aListSaysWhichParameterIsWrong(String path, String field, String part) {
        client.get()
                .uri(path)
                .exchange()
                .expectStatus()
                .isEqualTo(422)
                .expectBody()
                .jsonPath("$.error.param")
                .isEqualTo(field)
                .jsonPath("$.error.message")
                .value(String.class, message -> assertThat(message).contains(part));
    }

    @ParameterizedTest
    @CsvSource({"fine-tune, true, 422, purpose", ", true, 400, purpose", "batch, false, 400, file"})
    void anUploadSaysWhatIsMissingOrWrong(String purpose, boolean withFile, int status, String field) {
        MultipartForm form = new MultipartForm();
        if (withFile) {
            form.file("file", "a.jsonl", new byte[] {1});
        }
        if (purpose != null) {
            form.field("purpose", purpose);
        }
        int before = get("/v1/files").path("data").size();
        client.post()
                .uri("/v1/files")
                .header("Content-Type", MultipartForm.CONTENT_TYPE)
                .bodyValue(form.bytes())
                .exchange()
                .expectStatus()
                .isEqualTo(status)
                .expectBody()
                .jsonPath("$.error.param")
                .isEqualTo(field);
        assertThat(get("/v1/files").path("data").size()).isEqualTo(before);
    }

    @Test
    void anotherBodyThanMultipartIsUnsupported() {
        client.post()
                .uri("/v1/files")
                .header("Content-Type", "application/json")
                .bodyValue("{}")
                .exchange()
                .expectStatus()
                .isEqualTo(415)
                .expectBody()
                .jsonPath("$.error.code")
                .isEqualTo("unsupported_media_type");
    }

    /** The limit of this test's gateway is 8 MiB. */
    @Test
    void aFileOverTheLimitIsRefusedAndLeavesNothing() {
        assertThat(id(upload(new byte[8 * MIB], "full.jsonl"))).isNotEmpty();
        client.post()
                .uri("/v1/files")
                .header("Content-Type", MultipartForm.CONTENT_TYPE)
                .bodyValue(form(new byte[8 * MIB + 1], "over.jsonl"))
                .exchange()
                .expectStatus()
                .isEqualTo(413)
                .expectBody()
                .jsonPath("$.error.code")
                .isEqualTo("too_large");
        assertThat(files.expired(Instant.EPOCH, Instant.now()).block(Duration.ofSeconds(20)))
                .isEmpty();
    }

    @Test
    void aClientThatGoesAwayInTheMiddleLeavesNothing() throws Exception {
        try (RawClient raw = new RawClient(port)) {
            raw.send("POST /v1/files HTTP/1.1\r\nHost: gateway\r\nContent-Length: 5000000\r\n"
                    + "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
                    + "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n");
            raw.send(new byte[MIB]);
            await().atMost(Duration.ofSeconds(20)).until(() -> unfinished() == 1);
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> unfinished() == 0);
    }

    @Test
    void aContentIsStreamedAndItsDigestKept() throws Exception {
        byte[] content = new byte[7 * MIB];
        new Random(7).nextBytes(content);
        String id = id(upload(content, "large.jsonl"));
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (InputStream in = URI.create("http://127.0.0.1:" + port + "/v1/files/" + id + "/content")
                .toURL()
                .openStream()) {
            new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
        }
        assertThat(HexFormat.of().formatHex(digest.digest()))
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(content)));
    }

    private int unfinished() {
        return files.expired(Instant.EPOCH, Instant.now().plusSeconds(1))
                .blockOptional(Duration.ofSeconds(20))
                .orElseThrow()
                .size();
    }

    private JsonNode upload(byte[] content, String name) {
        return JsonMapper.builder()
                .build()
                .readTree(client.post()
                        .uri("/v1/files")
                        .header("Content-Type", MultipartForm.CONTENT_TYPE)
                        .bodyValue(form(content, name))
                        .exchange()
                        .expectStatus()
                        .isOk()
                        .expectBody()
                        .returnResult()
                        .getResponseBodyContent());
    }

    private static byte[] form(byte[] content, String name) {
        return new MultipartForm()
                .field("purpose", "batch")
                .file("file", name, content)
                .bytes();
    }

    private JsonNode get(String path) {
        return JsonMapper.builder()
                .build()
                .readTree(client.get()
                        .uri(path)
                        .exchange()
                        .expectStatus()
                        .isOk()
                        .expectBody()
                        .returnResult()
                        .getResponseBodyContent());
    }

    private byte[] content(String id) {
        byte[] body = client.mutate()
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(16 * MIB))
                .build()
                .get()
                .uri("/v1/files/" + id + "/content")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult()
                .getResponseBodyContent();
        return body == null ? new byte[0] : body;
    }

    private static String id(JsonNode file) {
        return file.path("id").asString();
    }
}
