package dev.triptych.benchmarks.scaling;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** One service process: rows that step together, and a queue before them. */
final class Replica {

    private final StepTimes times;
    private final int maxRows;
    private final Queue<Sentence> waiting = new ArrayDeque<>();
    private final List<Sentence> running = new ArrayList<>();

    /** When the step at hand ends; infinite while there is none. */
    private double stepEnd = Double.POSITIVE_INFINITY;

    Replica(StepTimes times, int maxRows) {
        this.times = times;
        this.maxRows = maxRows;
    }

    /** A sentence on its way. */
    static final class Sentence {

        final double arrival;

        /** Who sent it. */
        final int origin;

        private int stepsLeft;

        Sentence(double arrival, int origin, int steps) {
            this.arrival = arrival;
            this.origin = origin;
            stepsLeft = steps;
        }
    }

    int outstanding() {
        return waiting.size() + running.size();
    }

    double stepEnd() {
        return stepEnd;
    }

    void submit(Sentence sentence, double now) {
        waiting.add(sentence);
        if (Double.isInfinite(stepEnd)) {
            begin(now);
        }
    }

    /** Ends the step at hand and begins the next; the sentences that ended with it. */
    List<Sentence> step() {
        double now = stepEnd;
        List<Sentence> ended = new ArrayList<>();
        running.removeIf(sentence -> {
            boolean over = --sentence.stepsLeft == 0;
            if (over) {
                ended.add(sentence);
            }
            return over;
        });
        stepEnd = Double.POSITIVE_INFINITY;
        begin(now);
        return ended;
    }

    private void begin(double now) {
        while (running.size() < maxRows && !waiting.isEmpty()) {
            running.add(waiting.remove());
        }
        if (!running.isEmpty()) {
            stepEnd = now + times.seconds(running.size());
        }
    }
}
