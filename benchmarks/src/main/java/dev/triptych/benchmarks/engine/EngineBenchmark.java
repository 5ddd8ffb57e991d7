package dev.triptych.benchmarks.engine;

import dev.triptych.benchmarks.ClosedLoop;
import dev.triptych.benchmarks.Throughput;
import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.SessionOptions;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.text.config.EngineAssembly;
import dev.triptych.text.config.EngineProperties;
import dev.triptych.text.generation.GenerationEvent;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.model.Seq2SeqLoader;
import dev.triptych.text.model.Seq2SeqModel;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.Submission;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.text.runtime.TimeSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
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

    @Override
    public Integer call() throws Exception {
        EngineProperties properties = properties();
        bare(properties);
        BatchMeter meter = new BatchMeter();
        try (ModelRegistry registry = new EngineAssembly(
                        properties, properties.engine().sessions(), TimeSource.system(), name -> meter)
                .registry()) {
            registry.loadAll();
            String id = String.valueOf(model.getFileName());
            TextGenerator generator = registry.ready(id)
                    .orElseThrow(() -> new IllegalStateException(id + " is not ready: " + registry.list()));
            measure(generator, prompts(generator), meter);
        }
        return 0;
    }

    private EngineProperties properties() {
        MapConfigurationPropertySource source = new MapConfigurationPropertySource();
        source.put("triptych.models", String.valueOf(model.toAbsolutePath().getParent()));
        source.put("triptych.device", "cpu");
        for (String setting : settings) {
            String[] parts = setting.split("=", 2);
            source.put("triptych." + parts[0], parts.length > 1 ? parts[1] : "");
        }
        return new Binder(source).bindOrCreate("triptych", EngineProperties.class);
    }

    private void measure(TextGenerator generator, List<List<Integer>> prompts, BatchMeter meter)
            throws InterruptedException {
        ClosedLoop.Request request = number -> generate(generator, prompts.get(number % prompts.size()), number);
        ClosedLoop.run(8, Duration.ofSeconds(3), request);
        Optional<Throughput> first = Optional.empty();
        for (int count : clients) {
            meter.reset();
            Throughput throughput = ClosedLoop.run(count, Duration.ofSeconds(seconds), request);
            double base = first.map(Throughput::tokensPerSecond).orElse(throughput.tokensPerSecond());
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

    private int generate(TextGenerator generator, List<Integer> prompt, int number) throws Exception {
        CompletableFuture<Integer> generated = new CompletableFuture<>();
        GenerationRequest request = new GenerationRequest(
                "benchmark-" + number + "-" + System.nanoTime(),
                prompt,
                GenerationParameters.greedy(
                        Math.min(newTokens, generator.limits().maxNewTokens())),
                Priority.INTERACTIVE,
                Optional.empty());
        Submission submission = generator.submit(request, event -> {
            if (event instanceof GenerationEvent.Finished finished) {
                generated.complete(finished.result().tokenIds().size());
            }
            return true;
        });
        if (!(submission instanceof Submission.Accepted)) {
            throw new IllegalStateException("a request was not accepted: " + submission);
        }
        return generated.get();
    }

    private List<List<Integer>> prompts(TextGenerator generator) throws Exception {
        List<List<Integer>> prompts = new ArrayList<>();
        for (String line : Files.readAllLines(text)) {
            List<Integer> ids = line.isBlank() ? List.of() : generator.encode(line.strip());
            if (!ids.isEmpty() && ids.size() <= generator.limits().maxPromptTokens()) {
                prompts.add(ids);
            }
        }
        return prompts;
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
