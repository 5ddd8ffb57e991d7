package dev.triptych.gateway.jobs.batches;

import dev.triptych.gateway.upstream.ServiceName;
import dev.triptych.wire.ChainCall;
import dev.triptych.wire.EndpointItem;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.Topics;
import dev.triptych.wire.TriptychException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The endpoints that items may go to. */
enum BatchEndpoint {
    COMPLETIONS("/v1/completions", ServiceName.TEXT, true),
    CHAT("/v1/chat/completions", ServiceName.TEXT, true),
    EMBEDDINGS("/v1/embeddings", ServiceName.TEXT, true),
    TRANSLATIONS("/v1/translations", ServiceName.TEXT, false),
    CLASSIFICATIONS("/v1/vision/classifications", ServiceName.VISION, false),

    /** Items that pass several services; their steps name the models. */
    CHAINS("/v1/chains", ServiceName.VISION, false);

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

    /** Where an item with that body goes. */
    String requests(JsonNode body) {
        return switch (this) {
            case COMPLETIONS, CHAT, EMBEDDINGS, TRANSLATIONS -> Topics.TEXT_REQUESTS;
            case CLASSIFICATIONS -> Topics.VISION_REQUESTS;
            case CHAINS -> firstService(body.path("steps").path(0).path("call").asString(""));
        };
    }

    /** One that there is not is refused by whichever worker gets it. */
    private static String firstService(String call) {
        try {
            return ChainCall.of(call).requests();
        } catch (TriptychException e) {
            return Topics.TEXT_REQUESTS;
        }
    }

    String eventType() {
        return switch (this) {
            case COMPLETIONS, CHAT, EMBEDDINGS, TRANSLATIONS -> EventTypes.CALL;
            case CLASSIFICATIONS -> EventTypes.CLASSIFY;
            case CHAINS -> EventTypes.CHAIN;
        };
    }

    /** The value of an item with that body. */
    Object payload(JsonNode body) {
        return switch (this) {
            case COMPLETIONS, CHAT, EMBEDDINGS, TRANSLATIONS -> new EndpointItem(path, body);
            case CLASSIFICATIONS, CHAINS -> body;
        };
    }
}
