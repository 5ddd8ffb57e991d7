package dev.triptych.text.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.triptych.text.fake.HttpDoor;
import dev.triptych.text.fake.ScriptedGenerator;
import dev.triptych.text.fake.ScriptedModels;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Over real sockets: what becomes of the engine's rows when their client goes away or stops reading. */
@SpringBootTest(
        classes = HttpDoor.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"management.server.port=", "triptych.api.unread-events=16"})
class ClientLeavesIT {

    private static final Duration SOON = Duration.ofSeconds(10);

    @Autowired
    ScriptedModels models;

    @LocalServerPort
    int port;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/translations|{'source':'de','target':'en','input':['One [endless]. Two [endless].'],'stream':true}",
                "/v1/translations|{'source':'de','target':'en','input':'One [endless]. Two [endless].'}",
                "/v1/completions|{'model':'de-en','prompt':['[endless]','a[endless]'],'stream':true}",
                "/v1/completions|{'model':'de-en','prompt':['[endless]','a[endless]']}",
                "/translate|{'q':['a[endless]','b[endless]'],'source':'de','target':'en'}"
            })
    void aClientThatGoesAwayFreesItsRows(String path, String body) throws IOException {
        // Again and again, since the first bytes race with the end of the connection.
        for (int i = 0; i < 20; i++) {
            goAway(path, body);
        }
    }

    private void goAway(String path, String body) throws IOException {
        ScriptedGenerator engine = engine();
        try (Socket socket = send(path, body)) {
            await().atMost(SOON).until(() -> engine.running() == 2);
            engine.step();
        }
        await().atMost(SOON).until(() -> !engine.step());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/translations|{'source':'de','target':'en','input':'[endless]','stream':true}",
                "/v1/completions|{'model':'de-en','prompt':'[endless]','stream':true}"
            })
    void aClientThatStopsReadingIsCanceled(String path, String body) throws IOException {
        ScriptedGenerator engine = engine();
        try (Socket socket = send(path, body)) {
            await().atMost(SOON).until(() -> engine.running() == 1);
            await().atMost(SOON).until(() -> !moveOn(engine));
            assertThat(socket.isClosed()).isFalse();
        }
    }

    private static boolean moveOn(ScriptedGenerator engine) {
        boolean rowsLeft = true;
        for (int i = 0; i < 10_000 && rowsLeft; i++) {
            rowsLeft = engine.step();
        }
        return rowsLeft;
    }

    @Test
    void aClientThatKeepsReadingIsServedHoweverLongItTakes() throws IOException {
        ScriptedGenerator engine = engine();
        try (Socket socket =
                send("/v1/translations", "{'source':'de','target':'en','input':'[endless]','stream':true}")) {
            BufferedReader reader = reader(socket);
            await().atMost(SOON).until(() -> engine.running() == 1);
            for (int i = 0; i < 500; i++) {
                assertThat(engine.step()).isTrue();
                assertThat(nextData(reader)).isEqualTo("{\"index\":0,\"delta\":\"x\"}");
            }
        }
        await().atMost(SOON).until(() -> !engine.step());
    }

    @Test
    void tokensArriveOneByOne() throws IOException {
        ScriptedGenerator engine = engine();
        try (Socket socket = send("/v1/translations", "{'source':'de','target':'en','input':'abc','stream':true}")) {
            BufferedReader reader = reader(socket);
            await().atMost(SOON).until(() -> engine.running() == 1);
            for (String expected : new String[] {"A", "B", "C"}) {
                engine.step();
                assertThat(nextData(reader)).isEqualTo("{\"index\":0,\"delta\":\"" + expected + "\"}");
            }
            engine.step();
            assertThat(nextData(reader)).contains("\"text\":\"ABC\"");
            assertThat(nextData(reader)).isEqualTo("[DONE]");
        }
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    private static String nextData(BufferedReader reader) throws IOException {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.startsWith("data: ")) {
                return line.substring("data: ".length());
            }
        }
        throw new IOException("the stream ended");
    }

    private ScriptedGenerator engine() {
        ScriptedGenerator engine = (ScriptedGenerator) models.ready("de-en").orElseThrow();
        assertThat(engine.running()).isZero();
        return engine;
    }

    private Socket send(String path, String body) throws IOException {
        byte[] payload = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        socket.setSoTimeout((int) SOON.toMillis());
        String head =
                "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                        + payload.length + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(payload);
        socket.getOutputStream().flush();
        return socket;
    }
}
