package dev.triptych.text.runtime;

import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.scheduler.AdmissionPolicy;
import dev.triptych.text.scheduler.AdmissionPolicy.Decision;
import dev.triptych.text.scheduler.AdmissionPolicy.Queue;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts what waits and what runs, and asks the policy. Safe from any thread: clients enter, the engine's thread lets out
 * and tells how long its steps take.
 */
final class AdmissionGate {

    private final AdmissionPolicy policy;
    private final int maxRows;
    private final RateMeter endedRows = new RateMeter();
    private final Map<Kind, Integer> waitingRows = new HashMap<>();
    private final Map<Kind, Integer> runningRows = new HashMap<>();
    private int requests;
    private long tokens;

    /** @param maxRows rows of one kind that run at once */
    AdmissionGate(AdmissionPolicy policy, int maxRows) {
        this.policy = policy;
        this.maxRows = maxRows;
    }

    /** Requests that take each other's room: others run beside them. */
    private record Kind(Priority priority, boolean drafted, boolean parallel) {}

    /**
     * What wants in.
     *
     * @param rows the most that it has at once
     */
    record Entry(int promptTokens, int rows, Kind kind) {

        static Entry of(GenerationRequest request) {
            return new Entry(
                    request.promptIds().size(),
                    request.parameters().strategy().rows(),
                    new Kind(
                            request.priority(),
                            request.parameters().strategy().drafted(),
                            request.parameters().strategy().parallel()));
        }

        /** A request that somebody waits for and whose text is yet to be tokenized. */
        static Entry arriving(Strategy strategy) {
            return new Entry(
                    1, strategy.rows(), new Kind(Priority.INTERACTIVE, strategy.drafted(), strategy.parallel()));
        }

        /** A text that is read in one pass. */
        static Entry of(int promptTokens, Priority priority) {
            return new Entry(promptTokens, 1, new Kind(priority, false, false));
        }
    }

    /**
     * Counts a request in if there is room, and if it can be expected to start in time.
     *
     * @param nanosLeft until its deadline
     */
    synchronized Decision enter(Entry entry, long nanosLeft) {
        int waiting = waitingRows.getOrDefault(entry.kind, 0);
        // So many rows must end before there is room for these.
        int first = Math.max(0, runningRows.getOrDefault(entry.kind, 0) + waiting + entry.rows - maxRows);
        int all = waitingRows.values().stream().mapToInt(Integer::intValue).sum();
        Decision decision = policy.decide(
                new Queue(requests, tokens, seconds(all), seconds(first)),
                entry.promptTokens,
                nanosLeft / 1e9,
                entry.kind.priority == Priority.INTERACTIVE);
        if (decision instanceof Decision.Admit) {
            requests++;
            tokens += entry.promptTokens;
            waitingRows.merge(entry.kind, entry.rows, Integer::sum);
        }
        return decision;
    }

    private double seconds(int rows) {
        double perSecond = endedRows.perSecond();
        return perSecond > 0 ? rows / perSecond : 0;
    }

    /** Counts a request out that ended while waiting. */
    synchronized void left(Entry entry) {
        requests--;
        tokens -= entry.promptTokens;
        waitingRows.merge(entry.kind, -entry.rows, Integer::sum);
    }

    /** Counts a request as running. */
    synchronized void started(Entry entry) {
        left(entry);
        runningRows.merge(entry.kind, entry.rows, Integer::sum);
    }

    /** Counts a request out that ran. */
    synchronized void ended(Entry entry) {
        runningRows.merge(entry.kind, -entry.rows, Integer::sum);
        endedRows.add(entry.rows);
    }

    /** Notes what a step took. */
    synchronized void stepped(long nanos) {
        endedRows.elapsed(nanos);
    }

    synchronized int waiting() {
        return requests;
    }
}
