package dev.triptych.benchmarks.engine;

import dev.triptych.benchmarks.Throughput;
import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.SessionOptions;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.text.config.EngineProperties;
import dev.triptych.text.model.Seq2SeqLoader;
import dev.triptych.text.model.Seq2SeqModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tokens per second of the engine in this process, by number of clients, beside a bare loop over the same graphs. */
@Command(
        name = "engine",
        description = "Measures the text engine in this process.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class EngineBenchmark implements Callable<Integer> {

    @Parameters(paramLabel = "MODEL", description = "folder of the model")
    private Path model = Path.of("models/triptych-en-de");

    @Parameters(paramLabel = "TEXT", description = "file with one sentence per line")
    private Path text = Path.of("sentences.txt");

    @Option(names = "--clients", split = ",", description = "numbers of clients (default: ${DEFAULT-VALUE})")
    private List<Integer> clients = List.of(1, 64);

    @Option(names = "--seconds", description = "length of each measurement (default: ${DEFAULT-VALUE})")
    private int seconds = 10;

    @Option(names = "--new-tokens", description = "most tokens of one sentence (default: ${DEFAULT-VALUE})")
    private int newTokens = 128;

    @Option(names = "--bare-steps", description = "tokens per row of the bare loop (default: ${DEFAULT-VALUE})")
    private int bareSteps = 24;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "a setting below triptych, such as threads=1")
    private List<String> settings = List.of();

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
            List<String> changed = new ArrayList<>(settings);
            changed.add(against.get());
            try (EngineUnderLoad before = engine(settings);
                    EngineUnderLoad after = engine(changed)) {
                new EngineComparison(before, after, Duration.ofSeconds(seconds), rounds).print(clients, against.get());
            }
            return 0;
        }
        bare(properties(settings));
        try (EngineUnderLoad engine = engine(settings)) {
            measure(engine);
        }
        return 0;
    }

    private EngineUnderLoad engine(List<String> set) throws Exception {
        return new EngineUnderLoad(model, text, properties(set), newTokens);
    }

    private EngineProperties properties(List<String> set) {
        MapConfigurationPropertySource source = new MapConfigurationPropertySource();
        source.put("triptych.models", String.valueOf(model.toAbsolutePath().getParent()));
        source.put("triptych.device", "cpu");
        for (String setting : set) {
            String[] parts = setting.split("=", 2);
            source.put("triptych." + parts[0], parts.length > 1 ? parts[1] : "");
        }
        return new Binder(source).bindOrCreate("triptych", EngineProperties.class);
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

    private void bare(EngineProperties properties) throws Exception {
        Seq2SeqLoader loader = new Seq2SeqLoader(
                properties.engine().sessions(),
                new SessionOptions(DeviceRequest.parse(properties.device()), properties.threads()),
                properties.variants());
        try (Seq2SeqModel loaded = loader.load(ModelPackage.open(model))) {
            List<List<Integer>> prompts = new ArrayList<>();
            for (String line : Files.readAllLines(text)) {
                if (!line.isBlank()) {
                    prompts.add(loaded.tokenizer().encode(line.strip()));
                }
            }
            BareLoop loop = new BareLoop(loaded, bareSteps);
            loop.run(8, prompts, Duration.ofSeconds(3));
            for (int count : clients) {
                Throughput throughput = loop.run(count, prompts, Duration.ofSeconds(Math.max(1, seconds / 2)));
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
