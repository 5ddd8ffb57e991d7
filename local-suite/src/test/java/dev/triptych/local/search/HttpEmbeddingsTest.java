package dev.triptych.local.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpEmbeddingsTest {

    private HttpServer server;
    private int status = 200;
    private String reply = "";
    private String asked = "";
    private String authorization = "";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/embeddings", exchange -> {
            asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] bytes = reply.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void vectorsAreReadInTheirOrder() throws Exception {
        reply = "{\"data\":[{\"embedding\":\"" + base64(0.5f, -1) + "\"},{\"embedding\":\"" + base64(2, 3) + "\"}]}";
        List<float[]> vectors = embeddings().embed(List.of("a", "b\n"));
        assertThat(vectors.get(0)).containsExactly(0.5f, -1);
        assertThat(vectors.get(1)).containsExactly(2, 3);
        assertThat(asked).contains("\"input\":[\"a\",\"b\\n\"]", "\"long_input\":\"split\"", "\"model\":\"m\"");
        assertThat(authorization).isEqualTo("Bearer secret");
    }

    @Test
    void aRefusalIsToldInTheSuitesWords() {
        status = 404;
        reply = "{\"error\":{\"message\":\"no model is called m\"}}";
        assertThatThrownBy(() -> embeddings().embed(List.of("a")))
                .isInstanceOf(SearchException.class)
                .hasMessageContaining("404: no model is called m");
    }

    @Test
    void whereNoSuiteAnswersTheMessageSaysHowToStartOne() {
        URI nobody = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        server.stop(0);
        assertThatThrownBy(() -> new HttpEmbeddings(nobody, "m", Optional.empty()).embed(List.of("a")))
                .hasMessageContaining("./triptych up");
    }

    private HttpEmbeddings embeddings() {
        URI suite = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        return new HttpEmbeddings(suite, "m", Optional.of("secret"));
    }

    private static String base64(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
