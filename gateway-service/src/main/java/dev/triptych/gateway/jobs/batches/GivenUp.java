package dev.triptych.gateway.jobs.batches;

import dev.triptych.wire.WireJson;

/** What the error file says of an item that its batch did not wait for. */
enum GivenUp {
    CANCELLED("batch_cancelled", "the batch was canceled before this request ended"),
    EXPIRED("batch_expired", "the batch expired before this request ended");

    private final String code;
    private final String message;

    GivenUp(String code, String message) {
        this.code = code;
        this.message = message;
    }

    byte[] json() {
        return WireJson.mapper()
                .writeValueAsBytes(
                        WireJson.mapper().createObjectNode().put("code", code).put("message", message));
    }
}
