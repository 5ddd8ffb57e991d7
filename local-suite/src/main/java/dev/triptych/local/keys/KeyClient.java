package dev.triptych.local.keys;

import dev.triptych.wire.WireJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Speaks to one gateway with an admin's key: the user's where there is one, otherwise this checkout's own. */
public final class KeyClient implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final List<String> ALL_SCOPES = List.of("text", "vision", "batch", "admin");
    private static final int UNAUTHORIZED = 401;

    private final URI gateway;
    private final OwnKey own;
    private final @Nullable String given;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(DEADLINE).build();

    /** @param given the user's; {@code null} or blank: none */
    public KeyClient(URI gateway, OwnKey own, @Nullable String given) {
        this.gateway = gateway;
        this.own = own;
        this.given = given == null || given.isBlank() ? null : given.strip();
    }

    /**
     * Where the gateway is still open to everybody, makes this checkout's own key, which closes it.
     *
     * @return whether it did
     */
    public boolean closeIfOpen() throws KeyException, InterruptedException {
        if (send("GET", "", BodyPublishers.noBody(), null).statusCode() == UNAUTHORIZED) {
            return false;
        }
        own.reserve();
        boolean written = false;
        try {
            ObjectNode wanted = WireJson.mapper().createObjectNode().put("name", "local admin");
            ArrayNode scopes = wanted.putArray("scopes");
            ALL_SCOPES.forEach(scopes::add);
            JsonNode key = read(send("POST", "", BodyPublishers.ofString(wanted.toString()), null));
            own.write(key.path("key").asString());
            written = true;
        } finally {
            if (!written) {
                own.forget();
            }
        }
        return true;
    }

    /**
     * A new key, with its secret in {@code key}.
     *
     * @param wanted the body of {@code POST /v1/keys}
     */
    public JsonNode create(ObjectNode wanted) throws KeyException, InterruptedException {
        return read(send("POST", "", BodyPublishers.ofString(wanted.toString()), secret()));
    }

    /** The newest first, without their secrets. */
    public List<JsonNode> list() throws KeyException, InterruptedException {
        return read(send("GET", "", BodyPublishers.noBody(), secret()))
                .path("data")
                .valueStream()
                .toList();
    }

    public JsonNode revoke(String id) throws KeyException, InterruptedException {
        if (!id.matches("[A-Za-z0-9_-]{1,64}")) {
            throw new KeyException("that is no key's id; ./triptych keys list shows those there are");
        }
        return read(send("DELETE", "/" + id, BodyPublishers.noBody(), secret()));
    }

    private @Nullable String secret() throws KeyException {
        return given != null ? given : own.read();
    }

    private HttpResponse<String> send(String method, String path, BodyPublisher body, @Nullable String secret)
            throws KeyException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.resolve("/v1/keys" + path))
                .timeout(DEADLINE)
                .header("Content-Type", "application/json")
                .method(method, body);
        if (secret != null) {
            request.header("Authorization", "Bearer " + secret);
        }
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new KeyException("no gateway answers at " + gateway + "; start the suite with ./triptych up", e);
        } catch (IllegalArgumentException e) {
            // Its message would show the key.
            throw new KeyException("the key has characters that no key has");
        }
    }

    private static JsonNode read(HttpResponse<String> response) throws KeyException {
        if (response.statusCode() == UNAUTHORIZED) {
            throw new KeyException("the gateway asks for an admin's key; set TRIPTYCH_API_KEY");
        }
        try {
            JsonNode body = WireJson.mapper().readTree(response.body());
            if (response.statusCode() / 100 == 2) {
                return body;
            }
            throw new KeyException(
                    body.path("detail").asString("the gateway answered with HTTP " + response.statusCode()));
        } catch (JacksonException e) {
            throw new KeyException("the gateway answered with HTTP " + response.statusCode(), e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
