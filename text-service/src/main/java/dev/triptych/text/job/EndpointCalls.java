package dev.triptych.text.job;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers a request's body as the HTTP door answers it, at the priority of offline work. Safe from any thread. */
@FunctionalInterface
public interface EndpointCalls {

    /**
     * Never waits. Canceling the future cancels the work.
     *
     * @param url the endpoint's path
     * @return never {@code null} inside; fails with a {@link dev.triptych.wire.TriptychException}
     */
    CompletableFuture<@Nullable JsonNode> answer(String url, ObjectNode body);
}
