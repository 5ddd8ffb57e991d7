package dev.triptych.wire.inference;

import java.util.OptionalInt;

/**
 * A request or an answer as HTTP carries it.
 *
 * <pre>
 *   | JSON … | tensor | tensor | …      header Inference-Header-Content-Length: bytes of the JSON
 *   | JSON … |                          without the header
 * </pre>
 *
 * @param bytes the body
 * @param jsonLength bytes of the JSON at its start; empty where it is all JSON
 */
@SuppressWarnings("ArrayRecordComponent") // A body on its way; nobody compares two.
public record InferBody(byte[] bytes, OptionalInt jsonLength) {

    /** Says where the JSON of a body with raw tensors ends. */
    public static final String LENGTH_HEADER = "Inference-Header-Content-Length";

    public static final String JSON_TYPE = "application/json";
    public static final String BINARY_TYPE = "application/octet-stream";

    public String contentType() {
        return jsonLength.isPresent() ? BINARY_TYPE : JSON_TYPE;
    }
}
