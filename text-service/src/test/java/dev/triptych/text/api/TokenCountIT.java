package dev.triptych.text.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.fake.HttpDoor;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.json.JsonMapper;

/** What a gateway that counts tokens is told. */
@SpringBootTest(
        classes = HttpDoor.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "management.server.port=")
@AutoConfigureWebTestClient
class TokenCountIT {

    private static final String HEADER = "X-Triptych-Tokens";

    @Autowired
    WebTestClient client;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "/v1/translations|{'source':'en','target':'de','input':['One two. Three!','x']}",
                "/v1/completions|{'model':'writer','prompt':['ab','c'],'max_tokens':3}",
                "/v1/embeddings|{'model':'encoder','input':['ab','c']}",
            })
    void whoAsksIsToldTheUsage(String path, String body) {
        EntityExchangeResult<byte[]> result = post(path, body, true);
        int total = JsonMapper.shared()
                .readTree(Objects.requireNonNull(result.getResponseBody()))
                .at("/usage/total_tokens")
                .intValue();
        assertThat(total).isPositive();
        assertThat(result.getResponseHeaders().getFirst(HEADER)).isEqualTo(Integer.toString(total));
        assertThat(post(path, body, false).getResponseHeaders().containsHeader(HEADER))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "/v1/translations|{'source':'en','target':'de','input':['One two. Three!','x'],'stream':true}",
                "/v1/completions|{'model':'writer','prompt':'ab','max_tokens':3,'stream':true,'stream_options':{'include_usage':true}}",
            })
    void aStreamSaysItInACommentBeforeItsEnd(String path, String body) {
        EntityExchangeResult<byte[]> result = post(path, body, true);
        String stream = new String(Objects.requireNonNull(result.getResponseBody()), StandardCharsets.UTF_8);
        Matcher total = Pattern.compile("\"total_tokens\":([1-9][0-9]*)").matcher(stream);
        assertThat(total.find()).isTrue();
        assertThat(stream).endsWith("\n\n:tokens " + total.group(1) + "\n\ndata: [DONE]\n\n");
        assertThat(new String(
                        Objects.requireNonNull(post(path, body, false).getResponseBody()), StandardCharsets.UTF_8))
                .doesNotContain(":tokens");
    }

    /** The model of this test reads and writes a token a letter, and one at the end. */
    @ParameterizedTest
    @ValueSource(strings = "HI THERE")
    void endpointsWithoutUsageTellItToo(String text) {
        EntityExchangeResult<byte[]> result =
                post("/translate", "{'q':'" + text + "','source':'en','target':'de'}", true);
        assertThat(result.getResponseHeaders().getFirst(HEADER)).isEqualTo(Integer.toString(2 * (text.length() + 1)));
    }

    private EntityExchangeResult<byte[]> post(String path, String body, boolean asks) {
        return client.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .headers(headers -> {
                    if (asks) {
                        headers.set("X-Triptych-Usage", "true");
                    }
                })
                .bodyValue(body.replace('\'', '"'))
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult();
    }
}
