package dev.triptych.wire;

import tools.jackson.databind.JsonNode;

/**
 * One request to an endpoint, the value of a record on {@link Topics#TEXT_REQUESTS}: what a client would have sent over
 * HTTP.
 *
 * @param url the endpoint's path: {@code /v1/completions}, {@code /v1/chat/completions}, {@code /v1/embeddings} or
 *     {@code /v1/translations}
 * @param body the request's JSON object; it must not ask for a stream
 */
public record EndpointItem(String url, JsonNode body) {}
