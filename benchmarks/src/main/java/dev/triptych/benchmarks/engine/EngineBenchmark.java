package dev.triptych.benchmarks.engine;

import dev.triptych.benchmarks.Throughput;
import dev.triptych.text.model.Seq2SeqModel;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tokens per second of the engine in this process, by number of clients, beside a bare loop over the same graphs. */
@Command(
        name = "engine",
        description = "Measures the text engine in this process.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class EngineBenchmark implements Callable<Integer> {

    @Mixin
    private EngineWithText settings = new EngineWithText();

    @Option(names = "--clients", split = ",", description = "numbers of clients (default: ${DEFAULT-VALUE})")
    private List<Integer> clients = List.of(1, 64);

    @Option(names = "--seconds", description = "length of each measurement (default: ${DEFAULT-VALUE})")
    private int seconds = 10;

    @Option(names = "--bare-steps", description = "tokens per row of the bare loop (default: ${DEFAULT-VALUE})")
    private int bareSteps = 24;

    @Option(
            names = "--against",
            paramLabel = "KEY=VALUE",
            description = "one more setting, measured by turns with what it is without it, such as engine=capi")
    private Optional<String> against = Optional.empty();

    @Option(names = "--rounds", description = "turns of each with --against (default: ${DEFAULT-VALUE})")
    private int rounds = 5;

    @Override
    public Integer call() throws Exception {
        if (against.isPresent()) {
            try (EngineUnderLoad before = settings.engine(List.of());
                    EngineUnderLoad after = settings.engine(List.of(against.get()))) {
                new EngineComparison(before, after, Duration.ofSeconds(seconds), rounds).print(clients, against.get());
            }
            return 0;
        }
        bare();
        try (EngineUnderLoad engine = settings.engine(List.of())) {
            measure(engine);
        }
        return 0;
    }

    private void measure(EngineUnderLoad engine) throws InterruptedException {
        engine.warmUp();
        Optional<Throughput> first = Optional.empty();
        for (int count : clients) {
            Throughput throughput = engine.run(count, Duration.ofSeconds(seconds));
            double base = first.map(Throughput::tokensPerSecond).orElse(throughput.tokensPerSecond());
            BatchMeter meter = engine.meter();
            System.out.printf(
                    Locale.ROOT,
                    "engine %s, %.1f rows a step, %.1f rows a start, first token %.0f ms, ratio %.2f%n",
                    throughput.line(),
                    meter.meanRows(),
                    meter.meanStarted(),
                    meter.meanFirstTokenMillis(),
                    throughput.tokensPerSecond() / base);
            first = first.or(() -> Optional.of(throughput));
        }
    }

    private void bare() throws Exception {
        try (Seq2SeqModel loaded = settings.graphs(settings.model())) {
            List<List<Integer>> prompts = settings.prompts(loaded.tokenizer());
            BareLoop loop = new BareLoop(loaded);
            loop.steps(8, bareSteps, prompts, Duration.ofSeconds(3));
            for (int count : clients) {
                Throughput throughput =
                        loop.steps(count, bareSteps, prompts, Duration.ofSeconds(Math.max(1, seconds / 2)));
                System.out.printf(
                        Locale.ROOT,
                        "bare loop %3d rows:   %8.0f tokens/s, %.0f us of processor a token, %d tokens a row%n",
                        count,
                        throughput.tokensPerSecond(),
                        throughput.cpuMicrosPerToken(),
                        bareSteps);
            }
        }
    }
}
