package dev.triptych.text.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.fake.HttpDoor;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.BodyInserters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** LibreTranslate's files; the scripted model writes in capitals. */
@SpringBootTest(
        classes = HttpDoor.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "management.server.port=")
@AutoConfigureWebTestClient
class FileTranslationIT {

    @Autowired
    WebTestClient client;

    private WebTestClient.ResponseSpec send(String name, byte[] content, String source, String target) {
        MultipartBodyBuilder form = new MultipartBodyBuilder();
        form.part("file", new ByteArrayResource(content)).filename(name);
        form.part("source", source);
        form.part("target", target);
        form.part("api_key", "");
        return client.post()
                .uri("/translate_file")
                .header(HttpHeaders.HOST, "triptych.example:8080")
                .body(BodyInserters.fromMultipartData(form.build()))
                .exchange();
    }

    private static JsonNode body(WebTestClient.ResponseSpec answer, int status) {
        return JsonMapper.shared()
                .readTree(answer.expectStatus()
                        .isEqualTo(status)
                        .expectBody()
                        .returnResult()
                        .getResponseBody());
    }

    private String fetched(URI url) {
        byte[] content = client.get()
                .uri(url.getPath())
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueMatches(HttpHeaders.CONTENT_DISPOSITION, "attachment;.*")
                .expectBody()
                .returnResult()
                .getResponseBody();
        return content == null ? "" : new String(content, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            notes.txt   | One two.~~  Three!~                                          | ONE TWO.~~  THREE!~
            page.HTML   | <p class="x">One <b>two</b>.</p>                             | <p class="x">ONE <b>TWO</b>.</p>
            film.srt    | 1~00:00:01,000 --> 00:00:02,000~One two.~~                   | 1~00:00:01,000 --> 00:00:02,000~ONE TWO.~~
            lines.jsonl | {"id": 7, "text": "One two."}~                               | {"id": 7, "text": "One two.", "translation": "ONE TWO."}~
            de.po       | msgid ""~msgstr "Content-Type: text/plain; charset=UTF-8\\n"~~msgid "One two."~msgstr ""~ | msgstr "ONE TWO."
            """)
    void aFileKeepsAllButItsWords(String name, String content, String expected) {
        byte[] bytes = content.replace('~', '\n').getBytes(StandardCharsets.UTF_8);
        JsonNode reply = body(send(name, bytes, "en", "de"), 200);
        URI url = URI.create(reply.path("translatedFileUrl").asString());
        assertThat(url.getScheme()).isEqualTo("http");
        assertThat(url.getAuthority()).isEqualTo("triptych.example:8080");
        String base = name.substring(0, name.lastIndexOf('.'));
        assertThat(url.getPath()).startsWith("/download_file/").endsWith(base + ".de" + name.substring(base.length()));
        assertThat(fetched(url)).contains(expected.replace('~', '\n'));
    }

    @Test
    void theLanguageIsDetected() {
        byte[] bytes = "Where is the house?".getBytes(StandardCharsets.UTF_8);
        JsonNode reply = body(send("a.txt", bytes, "auto", "de"), 200);
        assertThat(fetched(URI.create(reply.path("translatedFileUrl").asString())))
                .isEqualTo("WHERE IS THE HOUSE?");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a.docx  | One       | en | de | 415 | file must have a name that ends in one of
            a.txt   | ` `       | en | de | 422 | file has nothing to translate
            a.srt   | no times  | en | de | 422 | file cannot be read
            a.jsonl | {         | en | de | 422 | file cannot be read: line 1 is not JSON
            a.txt   | One       | en | xx | 400 | xx
            a.txt   | One       | ` `| de | 422 | source is required
            """)
    void whatCannotBeTranslatedIsA4xx(
            String name, String content, String source, String target, int status, String message) {
        JsonNode error = body(send(name, content.getBytes(StandardCharsets.UTF_8), source, target), status);
        assertThat(error.path("error").asString()).contains(message);
    }

    @Test
    void tooMuchIsRefused() {
        byte[] bytes = "One two. ".repeat(12_000).getBytes(StandardCharsets.UTF_8);
        JsonNode error = body(send("a.txt", bytes, "en", "de"), 413);
        assertThat(error.path("error").asString()).contains("100000 characters");
    }

    @Test
    void bytesThatAreNoTextAreRefused() {
        JsonNode error = body(send("a.txt", new byte[] {(byte) 0xff, 'a'}, "en", "de"), 422);
        assertThat(error.path("error").asString()).isEqualTo("file must be UTF-8");
    }

    @Test
    void anUnknownFileIsNotFound() {
        JsonNode error = body(client.get().uri("/download_file/nobodys.txt").exchange(), 404);
        assertThat(error.path("error").asString()).contains("there is no such file");
    }
}
