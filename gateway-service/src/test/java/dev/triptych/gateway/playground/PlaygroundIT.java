package dev.triptych.gateway.playground;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.gateway.support.GatewayTest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;

@GatewayTest
class PlaygroundIT {

    private static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    private static final Pattern LINKED = Pattern.compile("(?:src|href)=\"(/playground/[^\"]+)\"");
    private static final Pattern IMPORTED = Pattern.compile("from \"\\./([a-z]+\\.js)\"");

    @Autowired
    private WebTestClient client;

    @Test
    void aBrowserGetsThePageAndEverybodyElseTheIndex() {
        EntityExchangeResult<byte[]> page = get("/", BROWSER);
        assertThat(page.getResponseHeaders().getContentType()).isEqualTo(MediaType.TEXT_HTML);
        assertThat(text(page)).contains("<title>Triptych playground</title>");
        assertThat(page.getResponseHeaders().getFirst("Content-Security-Policy"))
                .contains("default-src 'none'");
        assertThat(get("/", "*/*").getResponseHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_JSON);
    }

    @Test
    void everyFileThatThePageNamesIsServedWithItsType() {
        Set<String> found = new LinkedHashSet<>();
        collect(found, text(get("/", BROWSER)), LINKED, "");
        for (String path : Set.copyOf(found)) {
            follow(found, path);
        }
        assertThat(found).contains("/playground/main.js", "/playground/mask.js", "/playground/style.css");
    }

    @Test
    void anUnchangedFileIsNotSentAgain() {
        String tag = get("/playground/style.css", "*/*").getResponseHeaders().getETag();
        client.get()
                .uri("/playground/style.css")
                .header(HttpHeaders.IF_NONE_MATCH, tag)
                .exchange()
                .expectStatus()
                .isNotModified()
                .expectBody()
                .isEmpty();
    }

    @Test
    void aPageThatABrowserKeptKeepsItsPolicy() {
        HttpHeaders first = get("/", BROWSER).getResponseHeaders();
        client.get()
                .uri("/")
                .header(HttpHeaders.ACCEPT, BROWSER)
                .header(HttpHeaders.IF_NONE_MATCH, first.getETag())
                .exchange()
                .expectStatus()
                .isNotModified()
                .expectHeader()
                .valueEquals("Content-Security-Policy", first.getFirst("Content-Security-Policy"));
    }

    @Test
    void noOtherFileIsServed() {
        for (String path :
                new String[] {"/playground/", "/playground/nothing.js", "/playground/..%2fapplication.yml"}) {
            client.get().uri(path).exchange().expectStatus().is4xxClientError();
        }
    }

    private void follow(Set<String> found, String path) {
        EntityExchangeResult<byte[]> file = get(path, "*/*");
        String expected =
                path.endsWith(".js") ? "text/javascript" : path.endsWith(".css") ? "text/css" : "image/svg+xml";
        assertThat(file.getResponseHeaders().getFirst(HttpHeaders.CONTENT_TYPE)).startsWith(expected);
        Set<String> imports = new LinkedHashSet<>();
        collect(imports, text(file), IMPORTED, "/playground/");
        for (String each : imports) {
            if (found.add(each)) {
                follow(found, each);
            }
        }
    }

    private static void collect(Set<String> found, String text, Pattern pattern, String prefix) {
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(prefix + matcher.group(1));
        }
    }

    private EntityExchangeResult<byte[]> get(String path, String accept) {
        return client.get()
                .uri(path)
                .header(HttpHeaders.ACCEPT, accept)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult();
    }

    private static String text(EntityExchangeResult<byte[]> result) {
        return new String(result.getResponseBodyContent(), StandardCharsets.UTF_8);
    }
}
