package dev.triptych.worker;

import java.net.URI;
import java.time.Duration;

/**
 * What a service's worker does, and how much at once.
 *
 * @param service {@code text} or {@code vision}; names the group and the source of results
 * @param requests the topic that is consumed
 * @param results the topic of terminal records
 * @param topics of topics that are created
 * @param instanceId the same over restarts, another for each process that runs at once
 * @param maxPollRecords the most items of one transaction
 * @param transactions how many are under way at once; each has a consumer of its own
 * @param itemsInFlight how many items are worked on at a time, over all transactions
 * @param pollPatience how long a poll may take before it is given back, to be taken up where it was
 */
public record WorkerSettings(
        String service,
        String requests,
        String results,
        TopicSettings topics,
        String instanceId,
        int maxPollRecords,
        int transactions,
        int itemsInFlight,
        Duration pollPatience) {

    /**
     * Topics that are created.
     *
     * @param partitions of each
     * @param replicas of each
     * @param maxRecordBytes the largest record; for dead letters a little more
     * @param retention how long records are kept; the states of jobs, of which the latest stays, have none
     */
    public record TopicSettings(int partitions, short replicas, int maxRecordBytes, Duration retention) {}

    String group() {
        return "triptych-" + service;
    }

    URI source() {
        return URI.create("/triptych/" + service + "-service");
    }
}
