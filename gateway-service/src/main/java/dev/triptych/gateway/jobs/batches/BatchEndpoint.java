package dev.triptych.gateway.jobs.batches;

import dev.triptych.gateway.upstream.ServiceName;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.Topics;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The endpoints that items may go to. */
enum BatchEndpoint {
    COMPLETIONS("/v1/completions", ServiceName.TEXT, true),
    CHAT("/v1/chat/completions", ServiceName.TEXT, true),
    EMBEDDINGS("/v1/embeddings", ServiceName.TEXT, true),
    TRANSLATIONS("/v1/translations", ServiceName.TEXT, false),
    CLASSIFICATIONS("/v1/vision/classifications", ServiceName.VISION, false);

    private final String path;
    private final ServiceName service;
    private final boolean needsModel;

    BatchEndpoint(String path, ServiceName service, boolean needsModel) {
        this.path = path;
        this.service = service;
        this.needsModel = needsModel;
    }

    static Optional<BatchEndpoint> of(String path) {
        return Arrays.stream(values())
                .filter(endpoint -> endpoint.path.equals(path))
                .findAny();
    }

    static List<String> paths() {
        return Arrays.stream(values()).map(endpoint -> endpoint.path).toList();
    }

    String path() {
        return path;
    }

    /** Whose models its items name. */
    ServiceName service() {
        return service;
    }

    /** Whether each item must name its model. */
    boolean needsModel() {
        return needsModel;
    }

    String requests() {
        return service == ServiceName.TEXT ? Topics.TEXT_REQUESTS : Topics.VISION_REQUESTS;
    }

    String eventType() {
        return service == ServiceName.TEXT ? EventTypes.CALL : EventTypes.CLASSIFY;
    }
}
