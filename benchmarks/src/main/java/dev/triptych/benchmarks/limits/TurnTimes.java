package dev.triptych.benchmarks.limits;

import dev.triptych.benchmarks.Percentile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What was measured in turns of one kind. */
final class TurnTimes {

    private final List<List<Double>> times = new ArrayList<>();
    private Duration processor = Duration.ZERO;
    private long refused;

    /**
     * @param times     milliseconds of each request of the one client
     * @param processor that the gateways took meanwhile
     * @param refused   requests of the many
     */
    void add(List<Double> times, Duration processor, long refused) {
        this.times.add(times);
        this.processor = this.processor.plus(processor);
        this.refused += refused;
    }

    long refused() {
        return refused;
    }

    double processorMicros() {
        return processor.toNanos() / 1e3;
    }

    int requests() {
        return times.stream().mapToInt(List::size).sum();
    }

    double percentile(double share) {
        return percentile(times, share);
    }

    /** Of every other turn over those between, which would be 1 if nothing else went on. */
    double noise(double share) {
        return percentile(everyOther(0), share) / percentile(everyOther(1), share);
    }

    private List<List<Double>> everyOther(int first) {
        List<List<Double>> chosen = new ArrayList<>();
        for (int i = first; i < times.size(); i += 2) {
            chosen.add(times.get(i));
        }
        return chosen;
    }

    private static double percentile(List<List<Double>> turns, double share) {
        double[] sorted = turns.stream()
                .flatMap(List::stream)
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        return Percentile.of(sorted, share);
    }
}
