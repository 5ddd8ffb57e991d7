package dev.triptych.benchmarks.strategies;

import dev.triptych.benchmarks.ClosedLoop;
import dev.triptych.benchmarks.Stopwatch;
import dev.triptych.benchmarks.Throughput;
import dev.triptych.engine.onnx.OnnxModelSessions;
import dev.triptych.text.config.EngineAssembly;
import dev.triptych.text.config.EngineProperties;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.RuntimeListener;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.text.runtime.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** All strategies of a model over the same sentences: quality first, then latency and throughput by clients. */
@Command(
        name = "strategies",
        description = "Measures every strategy of a model in this process.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class StrategyBenchmark implements Callable<Integer> {

    /** Strategies take turns, so that what else runs on the machine meets all of them. */
    private static final int ROUNDS = 3;

    /** How many requests are under way while outputs are collected. */
    private static final int COLLECTING = 16;

    @Parameters(index = "0", paramLabel = "MODEL", description = "folder of the model")
    private Path model = Path.of("models/triptych-en-de");

    @Parameters(index = "1", paramLabel = "TSV", description = "source, tab, reference; also .gz")
    private Path text = Path.of("dev.tsv");

    @Option(names = "--sentences", description = "spread evenly over the file (default: ${DEFAULT-VALUE})")
    private int sentences = 300;

    @Option(names = "--clients", split = ",", description = "numbers of clients (default: ${DEFAULT-VALUE})")
    private List<Integer> clients = List.of(1, 8, 32, 64);

    @Option(names = "--seconds", description = "length of each measurement (default: ${DEFAULT-VALUE})")
    private double seconds = 3;

    @Option(names = "--minutes", description = "the whole run takes no longer (default: ${DEFAULT-VALUE})")
    private double minutes = 9;

    @Option(names = "--only", split = ",", description = "strategies to measure, by label (default: all)")
    private List<String> only = List.of();

    @Option(names = "--new-tokens", description = "most tokens of one sentence (default: ${DEFAULT-VALUE})")
    private int newTokens = 160;

    @Option(names = "--page", paramLabel = "FILE", description = "page to write, with plots beside it")
    private Optional<Path> page = Optional.empty();

    @Option(names = "--curves", description = "write strategies.json into the model's folder")
    private boolean curves;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "a setting below triptych, such as threads=1")
    private List<String> settings = List.of();

    private final Stopwatch watch = new Stopwatch();

    @Override
    public Integer call() throws Exception {
        try (ModelRegistry registry = new EngineAssembly(
                        properties(), new OnnxModelSessions(), TimeSource.system(), name -> RuntimeListener.NONE)
                .registry()) {
            String id = String.valueOf(model.getFileName());
            registry.load(id);
            TextGenerator generator = registry.ready(id)
                    .orElseThrow(() -> new IllegalStateException(id + " is not ready: " + registry.list()));
            List<Corpus.Pair> pairs = Corpus.read(text, sentences, generator);
            List<Contender> contenders = Contender.of(generator.limits().parallel()).stream()
                    .filter(contender -> only.isEmpty() || only.contains(contender.label()))
                    .toList();
            Map<Contender, Quality> quality = quality(new Translating(generator, newTokens), contenders, pairs);
            List<Measurement> measured = measure(new Translating(generator, newTokens), contenders, pairs);
            Report report = new Report(id, command(), machine(), quality, measured);
            if (page.isPresent()) {
                report.write(page.get());
            }
            if (curves) {
                report.curves().write(model.resolve("strategies.json"));
            }
        }
        return 0;
    }

    private String command() {
        return "./triptych bench strategies models/" + model.getFileName() + " " + text.getFileName() + " --sentences "
                + sentences + " --seconds " + seconds + " --minutes " + minutes
                + page.map(file -> " --page " + file).orElse("")
                + (curves ? " --curves" : "")
                + (settings.isEmpty() ? "" : " --set " + String.join(" --set ", settings));
    }

    private static String machine() throws IOException {
        Path cpus = Path.of("/proc/cpuinfo");
        String processor = Files.isReadable(cpus)
                ? Files.readAllLines(cpus).stream()
                        .filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse("processor")
                : "processor";
        return Runtime.getRuntime().availableProcessors() + " cores of " + processor + ", Java "
                + Runtime.version().feature() + ", no GPU";
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

    private static Map<Contender, Quality> quality(
            Translating translating, List<Contender> contenders, List<Corpus.Pair> pairs) throws InterruptedException {
        List<String> references = pairs.stream().map(Corpus.Pair::reference).toList();
        Map<Contender, Quality> scored = new LinkedHashMap<>();
        List<GenerationResult> greedy = List.of();
        for (Contender contender : contenders) {
            GenerationResult[] results = new GenerationResult[pairs.size()];
            // Drafts are made where few rows run, so the strategy that has them is asked for one sentence at a time.
            int underWay = contender.strategy().drafted() ? 1 : COLLECTING;
            ClosedLoop.each(underWay, pairs.size(), number -> {
                results[number] = translating.run(pairs.get(number).prompt(), contender.strategy());
                return results[number].tokenIds().size();
            });
            List<GenerationResult> all = List.of(results);
            greedy = greedy.isEmpty() ? all : greedy;
            List<String> texts = all.stream()
                    .map(result -> translating.text(result.tokenIds()))
                    .toList();
            Quality found = Quality.of(all, greedy, texts, references);
            scored.put(contender, found);
            System.out.printf(
                    Locale.ROOT,
                    "%-16s BLEU %5.2f, chrF %5.2f, %5.2f passes, %.2f times fewer, %.2f drafted tokens accepted a pass, "
                            + "%d of %d like greedy%n",
                    contender.label(),
                    found.bleu(),
                    found.chrf(),
                    found.passes(),
                    found.fewer(),
                    found.accepted(),
                    found.likeGreedy(),
                    found.sentences());
        }
        return scored;
    }

    private List<Measurement> measure(Translating translating, List<Contender> contenders, List<Corpus.Pair> pairs)
            throws InterruptedException {
        List<Measurement> measured = new ArrayList<>();
        Duration duration = Duration.ofNanos((long) (seconds * 1e9 / ROUNDS));
        for (int count : clients) {
            for (boolean isShort : new boolean[] {true, false}) {
                List<Corpus.Pair> chosen =
                        pairs.stream().filter(pair -> pair.isShort() == isShort).toList();
                if (!chosen.isEmpty()) {
                    takeTurns(translating, contenders, chosen, new Stretch(count, duration))
                            .forEach((who, found) -> {
                                Measurement measurement = new Measurement(who, isShort, found);
                                measured.add(measurement);
                                System.out.println(measurement.line());
                            });
                }
            }
        }
        return measured;
    }

    private record Stretch(int clients, Duration duration) {}

    /** Whether the run has had its time: what is not measured by then stays empty. */
    private boolean late() {
        return watch.seconds() > 60 * minutes;
    }

    /** Whether its requests alone outlast the stretch: it has had all of its time in one turn. */
    private static boolean overran(@Nullable Throughput before, Stretch stretch) {
        return before != null
                && before.seconds() * 1e9 > ROUNDS * stretch.duration().toNanos();
    }

    private Map<Contender, Throughput> takeTurns(
            Translating translating, List<Contender> contenders, List<Corpus.Pair> pairs, Stretch stretch)
            throws InterruptedException {
        Map<Contender, Throughput> sums = new LinkedHashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            int first = round * pairs.size() / ROUNDS;
            for (Contender contender : contenders) {
                if (late() || overran(sums.get(contender), stretch)) {
                    continue;
                }
                Throughput found = ClosedLoop.run(stretch.clients(), stretch.duration(), number -> {
                    Corpus.Pair pair = pairs.get((first + number) % pairs.size());
                    return translating
                            .run(pair.prompt(), contender.strategy())
                            .tokenIds()
                            .size();
                });
                sums.merge(contender, found, Throughput::and);
            }
        }
        return sums;
    }
}
