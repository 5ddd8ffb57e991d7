package dev.triptych.wire;

import tools.jackson.databind.JsonNode;

/**
 * What the endpoint of an {@link EndpointItem} answered, the value of a record on {@link Topics#TEXT_RESULTS}.
 *
 * @param body the answer's JSON, as over HTTP
 */
public record EndpointAnswer(JsonNode body) {}
