package dev.triptych.local.search;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code POST /v1/embeddings} of a suite. Texts longer than the model reads are split by the service. */
public final class HttpEmbeddings implements Embeddings {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int ATTEMPTS = 20;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final URI endpoint;
    private final String model;
    private final Optional<String> key;

    /**
     * @param suite where the gateway is
     * @param key for a suite that asks for one
     */
    public HttpEmbeddings(URI suite, String model, Optional<String> key) {
        this.endpoint = suite.resolve("/v1/embeddings");
        this.model = model;
        this.key = key;
    }

    @Override
    public List<float[]> embed(List<String> texts) throws SearchException, IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode()
                .put("model", model)
                .put("encoding_format", "base64")
                .put("long_input", "split");
        ArrayNode input = body.putArray("input");
        texts.forEach(input::add);
        HttpRequest.Builder request = HttpRequest.newBuilder(endpoint)
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
        key.ifPresent(given -> request.header("Authorization", "Bearer " + given));
        JsonNode reply = answer(request.build());
        List<float[]> vectors = new ArrayList<>(texts.size());
        for (JsonNode entry : reply.path("data")) {
            vectors.add(floats(entry.path("embedding").asString()));
        }
        if (vectors.size() != texts.size()) {
            throw new SearchException("the suite at " + endpoint + " answered " + vectors.size() + " vectors for "
                    + texts.size() + " texts");
        }
        return vectors;
    }

    /** What is refused for want of room is asked again when the suite says so. */
    private JsonNode answer(HttpRequest request) throws SearchException, IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            HttpResponse<String> response = send(request);
            int status = response.statusCode();
            if (status == 200) {
                return read(response.body());
            }
            boolean again = status == 429 || status == 503;
            if (!again || attempt == ATTEMPTS) {
                String message =
                        read(response.body()).path("error").path("message").asString("");
                throw new SearchException("the suite at " + endpoint + " answered " + status + ": " + message);
            }
            long seconds = response.headers().firstValueAsLong("Retry-After").orElse(1);
            Thread.sleep(Duration.ofSeconds(Math.clamp(seconds, 1, LONGEST_PAUSE.toSeconds())));
        }
    }

    private HttpResponse<String> send(HttpRequest request) throws SearchException, IOException, InterruptedException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (ConnectException e) {
            throw new SearchException("no suite answers at " + endpoint.resolve("/")
                    + "; start it with ./triptych up (or set TRIPTYCH_GATEWAY_PORT)");
        }
    }

    private static JsonNode read(String body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            return JSON.createObjectNode();
        }
    }

    private static float[] floats(String base64) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
        float[] vector = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(vector);
        return vector;
    }
}
