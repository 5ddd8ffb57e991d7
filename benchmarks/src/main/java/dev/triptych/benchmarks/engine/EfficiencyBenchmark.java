package dev.triptych.benchmarks.engine;

import dev.triptych.benchmarks.Throughput;
import dev.triptych.text.model.Seq2SeqModel;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What the service's loop reaches of a bare loop over the same graphs, sentences, batch and lengths, by turns: each runs the
 * encoder on every sentence, and the bare loop's rows are as long as the engine's outputs are on average.
 */
@Command(
        name = "efficiency",
        description = "Measures the engine's loop against a bare loop over the same graphs.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class EfficiencyBenchmark implements Callable<Integer> {

    @Mixin
    private EngineWithText settings = new EngineWithText();

    @Option(names = "--rows", split = ",", description = "rows of a batch (default: ${DEFAULT-VALUE})")
    private List<Integer> rows = List.of(1, 32);

    @Mixin
    private Turns turns = new Turns(4, 5);

    @Override
    public Integer call() throws Exception {
        Duration turn = turns.each();
        try (Seq2SeqModel graphs = settings.graphs(settings.model())) {
            BareLoop bare = new BareLoop(graphs);
            for (int count : rows) {
                try (EngineUnderLoad engine = settings.engine(List.of("limits.rows=" + count))) {
                    engine.warmUp();
                    int steps = meanLength(engine);
                    System.out.printf(
                            Locale.ROOT,
                            "%d sentences, %d tokens an output on average%n",
                            engine.prompts().size(),
                            steps);
                    bare.steps(count, steps, engine.prompts(), turn);
                    measure(engine, bare, count, steps, turn);
                }
            }
        }
        return 0;
    }

    private static int meanLength(EngineUnderLoad engine) throws InterruptedException {
        List<List<Integer>> some =
                engine.prompts().subList(0, Math.min(200, engine.prompts().size()));
        return (int) Math.round(
                engine.all(some, 32).stream().mapToInt(List::size).average().orElseThrow());
    }

    private void measure(EngineUnderLoad engine, BareLoop bare, int count, int steps, Duration turn)
            throws InterruptedException {
        double[] speeds = new double[turns.rounds()];
        double[] costs = new double[turns.rounds()];
        for (int round = 0; round < turns.rounds(); round++) {
            Throughput least = bare.steps(count, steps, engine.prompts(), turn);
            // Half as many again wait, so that the batch is as full as the bare loop's; one client alone waits for
            // nobody.
            Throughput served = engine.steady(count == 1 ? 1 : count + count / 2, turn);
            speeds[round] = served.tokensPerSecond() / least.tokensPerSecond();
            costs[round] = least.cpuMicrosPerToken() / served.cpuMicrosPerToken();
            System.out.printf(
                    Locale.ROOT,
                    "%2d rows: bare loop %6.0f tokens/s, %4.0f us of processor a token; engine %6.0f tokens/s, %4.0f us, "
                            + "%.1f rows a step, %.1f rows a start%n",
                    count,
                    least.tokensPerSecond(),
                    least.cpuMicrosPerToken(),
                    served.tokensPerSecond(),
                    served.cpuMicrosPerToken(),
                    engine.meter().meanRows(),
                    engine.meter().meanStarted());
        }
        System.out.printf(
                Locale.ROOT,
                "%2d rows, %d turns each: efficiency by tokens/s %s, by processor time %s%n",
                count,
                turns.rounds(),
                Ratios.of(speeds),
                Ratios.of(costs));
    }
}
