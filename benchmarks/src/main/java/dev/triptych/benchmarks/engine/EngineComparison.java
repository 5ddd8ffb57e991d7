package dev.triptych.benchmarks.engine;

import dev.triptych.benchmarks.Throughput;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Two engines over the same model and text, measured by turns, so that what else the machine does meets both. Ratios are
 * those of neighboring turns.
 */
final class EngineComparison {

    private final EngineUnderLoad before;
    private final EngineUnderLoad after;
    private final Duration turn;
    private final int rounds;

    EngineComparison(EngineUnderLoad before, EngineUnderLoad after, Duration turn, int rounds) {
        this.before = before;
        this.after = after;
        this.turn = turn;
        this.rounds = rounds;
    }

    /** @param change what tells them apart */
    void print(List<Integer> clients, String change) throws InterruptedException {
        before.warmUp();
        after.warmUp();
        for (int count : clients) {
            double[] speeds = new double[rounds];
            double[] costs = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                Throughput first = before.run(count, turn);
                Throughput second = after.run(count, turn);
                speeds[round] = second.tokensPerSecond() / first.tokensPerSecond();
                costs[round] = second.cpuMicrosPerToken() / first.cpuMicrosPerToken();
                System.out.println("without     " + first.line());
                System.out.println(change + " " + second.line());
            }
            System.out.printf(
                    Locale.ROOT,
                    "%s against without, %d clients, %d turns each: tokens/s %s, processor time a token %s%n",
                    change,
                    count,
                    rounds,
                    Ratios.of(speeds),
                    Ratios.of(costs));
        }
    }
}
