package dev.triptych.gateway.routing;

import dev.triptych.gateway.upstream.ServiceName;
import java.util.List;
import java.util.Set;
import org.springframework.http.HttpMethod;

/**
 * A path and the service that owns it.
 *
 * @param id      the route's name in metrics
 * @param pattern a Spring path pattern
 * @param byModel whether the path belongs to the service only where that owns the {@code {model}} in it
 */
public record ServiceRoute(String id, String pattern, Set<HttpMethod> methods, ServiceName service, boolean byModel) {

    private static final Set<HttpMethod> READ = Set.of(HttpMethod.GET, HttpMethod.HEAD);
    private static final Set<HttpMethod> CALL = Set.of(HttpMethod.POST);

    private static final String TRANSLATE_FILE = "/translate_file";
    private static final String MODEL = "/v2/models/{model}";

    /** Every path that passes through; what is not here is the gateway's own or does not exist. */
    public static final List<ServiceRoute> ALL = List.of(
            text("translations", "/v1/translations", CALL),
            text("completions", "/v1/completions", CALL),
            text("chat-completions", "/v1/chat/completions", CALL),
            text("embeddings", "/v1/embeddings", CALL),
            text("model-load", "/v1/models/{model}/load", CALL),
            text("model-unload", "/v1/models/{model}/unload", CALL),
            text("attention", "/v1/attention", CALL),
            text("translate", "/translate", CALL),
            text("languages", "/languages", READ),
            text("detect", "/detect", CALL),
            text("frontend-settings", "/frontend/settings", READ),
            text("translate-file", TRANSLATE_FILE, CALL),
            text("download-file", "/download_file/{key}", READ),
            text("generate", "/v2/models/{model}/generate", CALL),
            text("generate-stream", "/v2/models/{model}/generate_stream", CALL),
            byModel("model-text", MODEL, READ, ServiceName.TEXT),
            byModel("model-vision", MODEL, READ, ServiceName.VISION),
            byModel("model-ready-text", MODEL + "/ready", READ, ServiceName.TEXT),
            byModel("model-ready-vision", MODEL + "/ready", READ, ServiceName.VISION),
            byModel("infer-text", MODEL + "/infer", CALL, ServiceName.TEXT),
            byModel("infer-vision", MODEL + "/infer", CALL, ServiceName.VISION),
            vision("vision", "/v1/vision/{*task}", CALL));

    /** Whether it changes which models there are. */
    boolean administers() {
        return id.equals("model-load") || id.equals("model-unload");
    }

    /** Whether a request that was lost on its way may be sent once more: it computes an answer, and nothing else. */
    boolean computes() {
        return !administers();
    }

    /** Whether one replica has what the others do not. */
    boolean keptByOne() {
        return pattern.startsWith("/download_file/");
    }

    /** Whether the service makes addresses for the client, which must be the client's way here. */
    boolean keepsHost() {
        return pattern.equals(TRANSLATE_FILE);
    }

    private static ServiceRoute text(String id, String pattern, Set<HttpMethod> methods) {
        return new ServiceRoute(id, pattern, methods, ServiceName.TEXT, false);
    }

    private static ServiceRoute vision(String id, String pattern, Set<HttpMethod> methods) {
        return new ServiceRoute(id, pattern, methods, ServiceName.VISION, false);
    }

    private static ServiceRoute byModel(String id, String pattern, Set<HttpMethod> methods, ServiceName service) {
        return new ServiceRoute(id, pattern, methods, service, true);
    }
}
