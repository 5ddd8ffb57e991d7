package dev.triptych.local.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.triptych.wire.WireJson;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyClientTest {

    @TempDir
    private Path folder;

    private final List<String> calls = new ArrayList<>();
    private HttpServer gateway;
    private OwnKey own;
    private int status = 200;
    private String answer = "{\"data\":[]}";

    @BeforeEach
    void start() throws Exception {
        own = new OwnKey(folder.resolve("var/admin-key"));
        gateway = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        gateway.createContext("/v1/keys", exchange -> {
            calls.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        gateway.start();
    }

    @AfterEach
    void stop() {
        gateway.stop(0);
    }

    @Test
    void anOpenGatewayIsClosedWithAKeyThatOnlyTheUserCanRead() throws Exception {
        answer = "{\"id\":\"key_1\",\"key\":\"tk_own\"}";
        try (KeyClient client = client(null)) {
            assertThat(client.closeIfOpen()).isTrue();
            client.create(WireJson.mapper().createObjectNode().put("name", "n"));
        }
        assertThat(calls).containsExactly("GET /v1/keys null", "POST /v1/keys null", "POST /v1/keys Bearer tk_own");
        assertThat(own.file()).hasContent("tk_own\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own.file())))
                .isEqualTo("rw-------");
    }

    @Test
    void aClosedGatewayStaysAsItIs() throws Exception {
        status = 401;
        try (KeyClient client = client("tk_mine")) {
            assertThat(client.closeIfOpen()).isFalse();
            assertThatThrownBy(client::list)
                    .isInstanceOf(KeyException.class)
                    .hasMessageContaining("TRIPTYCH_API_KEY")
                    .hasMessageNotContaining("tk_mine");
        }
        assertThat(calls).containsExactly("GET /v1/keys null", "GET /v1/keys Bearer tk_mine");
        assertThat(own.file()).doesNotExist();
    }

    @Test
    void aRefusalLeavesNoFileBehindAndIsToldInItsWords() throws Exception {
        status = 422;
        answer = "{\"detail\":\"name must be short\"}";
        try (KeyClient client = client(null)) {
            assertThatThrownBy(client::closeIfOpen).hasMessage("name must be short");
        }
        assertThat(own.file()).doesNotExist();
    }

    @Test
    void theKeyOfAnotherGatewayIsNotOverwritten() throws Exception {
        Files.createDirectories(own.file().getParent());
        Files.writeString(own.file(), "tk_other\n");
        try (KeyClient client = client(null)) {
            assertThatThrownBy(client::closeIfOpen).hasMessageContaining("another gateway");
        }
        assertThat(own.file()).hasContent("tk_other\n");
    }

    @Test
    void whatIsNoIdIsNotSent() throws Exception {
        try (KeyClient client = client(null)) {
            assertThatThrownBy(() -> client.revoke("../models/x")).hasMessageContaining("no key's id");
        }
        assertThat(calls).isEmpty();
    }

    private KeyClient client(String given) {
        return new KeyClient(
                URI.create("http://127.0.0.1:" + gateway.getAddress().getPort()), own, given);
    }
}
