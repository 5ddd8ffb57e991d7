package dev.triptych.benchmarks.jobs;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What a chaos run left behind, held against what was asked for. */
final class Verdict {

    private static final int MOST_NAMED = 10;

    private final ChaosRun.Plan plan;
    private final List<String> faults = new ArrayList<>();
    private int lost;
    private int doubled;
    private int batchItems;
    private int sentTwice;

    Verdict(ChaosRun.Plan plan) {
        this.plan = plan;
    }

    List<String> faults() {
        return faults.size() <= MOST_NAMED ? faults : faults.subList(0, MOST_NAMED);
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "chaos %d direct items, %d items of batches: %d lost, %d doubled; %d requests of batches sent twice and"
                        + " stored once; %d faults",
                plan.directItems(),
                batchItems,
                lost,
                doubled,
                sentTwice,
                faults.size());
    }

    /** The batch's counts and files: each line once, in the file where it belongs. */
    void batch(BatchClient client, JsonNode batch, int count, boolean someBad) throws InterruptedException {
        String id = batch.path("id").asString();
        Set<String> bad = new HashSet<>();
        Set<String> good = new HashSet<>();
        IntStream.range(0, count)
                .forEach(number -> (someBad && ChaosItems.isBad(number) ? bad : good).add("item-" + number));
        JsonNode counts = batch.path("request_counts");
        expect(id + " status", "completed", batch.path("status").asString());
        expect(id + " total", count, counts.path("total").asInt());
        expect(id + " completed", good.size(), counts.path("completed").asInt());
        expect(id + " failed", bad.size(), counts.path("failed").asInt());
        lines(id + " output", good, client.lines(batch.path("output_file_id")));
        lines(id + " errors", bad, client.lines(batch.path("error_file_id")));
        batchItems += count;
    }

    private void lines(String name, Set<String> expected, Stream<JsonNode> lines) {
        Map<String, Integer> found = new TreeMap<>();
        lines.forEach(line -> found.merge(line.path("custom_id").asString(), 1, Integer::sum));
        found.forEach((id, count) -> {
            if (count > 1) {
                doubled++;
                faults.add(name + ": " + id + " stands " + count + " times");
            }
            if (!expected.contains(id)) {
                faults.add(name + ": " + id + " does not belong there");
            }
        });
        for (String id : expected) {
            if (!found.containsKey(id)) {
                lost++;
                faults.add(name + ": " + id + " is missing");
            }
        }
    }

    /** Each request has one terminal record. Counts by id. */
    void topics(Map<String, Integer> requests, Map<String, Integer> results) {
        for (int number = 0; number < plan.directItems(); number++) {
            String id = ChaosItems.directId(number);
            expect("requests of " + id, 1, requests.getOrDefault(id, 0));
        }
        requests.forEach((id, sent) -> {
            int ended = results.getOrDefault(id, 0);
            lost += Math.max(0, sent - ended);
            doubled += Math.max(0, ended - sent);
            sentTwice += sent - 1;
            expect("terminal records of " + id, sent, ended);
        });
        if (!requests.keySet().containsAll(results.keySet())) {
            faults.add("there are results that nobody asked for");
        }
    }

    /** Bad items, and only those, have an error; each error has a dead letter. */
    void failures(Map<String, Integer> failed, Map<String, Integer> letters) {
        for (int number = 0; number < plan.directItems(); number++) {
            String id = ChaosItems.directId(number);
            boolean fails = ChaosItems.isBad(number) && !ChaosItems.isChain(number);
            expect("errors of " + id, fails ? 1 : 0, failed.getOrDefault(id, 0));
        }
        expect("dead letters", failed, letters);
    }

    /** Each chain was sent on once, and tells the flag's country in German. */
    void chains(Map<String, Integer> hops, Map<String, Integer> answers) {
        Map<String, Integer> expected = new TreeMap<>();
        for (int number = 0; number < plan.directItems(); number++) {
            if (ChaosItems.isChain(number)) {
                expected.put(ChaosItems.directId(number), 1);
            }
        }
        expect("requests from one service to the next", expected, hops);
        expect("answers of chains", expected, answers);
    }

    private void expect(String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            faults.add(what + ": expected " + expected + ", found " + found);
        }
    }
}
