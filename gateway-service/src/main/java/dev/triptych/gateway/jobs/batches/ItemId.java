package dev.triptych.gateway.jobs.batches;

import java.util.Optional;

/**
 * The event id of one item: {@code batch_…-17}. The same however often it is sent, which is what makes sending it twice
 * harmless.
 *
 * @param line of the input, counted from 1
 */
record ItemId(String batchId, int line) {

    static final String PREFIX = "batch_";

    /** Empty where the id is another producer's. */
    static Optional<ItemId> of(String eventId) {
        int dash = eventId.lastIndexOf('-');
        if (!eventId.startsWith(PREFIX) || dash < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ItemId(eventId.substring(0, dash), Integer.parseInt(eventId.substring(dash + 1))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return batchId + "-" + line;
    }
}
