package dev.triptych.benchmarks.strategies;

import dev.triptych.benchmarks.ClosedLoop;
import dev.triptych.engine.onnx.OnnxModelSessions;
import dev.triptych.text.config.EngineAssembly;
import dev.triptych.text.config.EngineProperties;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.generation.GenerationEvent.GenerationTiming;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.RuntimeListener;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.text.runtime.TimeSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Holds {@code speculative} to greedy decoding, id for id, over a whole corpus: alone, beside a few others of its kind, and in
 * the company of all other strategies. Fails on any difference.
 */
@Command(
        name = "equality",
        description = "Compares speculative decoding with greedy decoding, id for id.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class EqualityBenchmark implements Callable<Integer> {

    private static final int SHOWN = 3;

    /** What runs beside in mixed company, by turns. */
    private static final List<Strategy> OTHERS = List.of(
            new Strategy.Greedy(),
            Strategy.Beam.of(4),
            Strategy.Ctc.bestPath(),
            new Strategy.Sample(0.8, 0, 0.9, 0, 1, 11, 1, 1));

    @Parameters(index = "0", paramLabel = "MODEL", description = "folder of the model")
    private Path model = Path.of("models/triptych-en-de");

    @Parameters(index = "1", paramLabel = "TSV", description = "source, tab, reference; also .gz")
    private Path text = Path.of("dev.tsv");

    @Option(names = "--sentences", description = "spread evenly over the file (default: all)")
    private int sentences = Integer.MAX_VALUE;

    @Option(names = "--new-tokens", description = "most tokens of one sentence (default: ${DEFAULT-VALUE})")
    private int newTokens = 160;

    @Override
    public Integer call() throws Exception {
        EngineProperties properties = new Binder(new MapConfigurationPropertySource(Map.of(
                        "triptych.models",
                        String.valueOf(model.toAbsolutePath().getParent()),
                        "triptych.device",
                        "cpu")))
                .bindOrCreate("triptych", EngineProperties.class);
        try (ModelRegistry registry = new EngineAssembly(
                        properties, new OnnxModelSessions(), TimeSource.system(), name -> RuntimeListener.NONE)
                .registry()) {
            String id = String.valueOf(model.getFileName());
            registry.load(id);
            TextGenerator generator = registry.ready(id)
                    .orElseThrow(() -> new IllegalStateException(id + " is not ready: " + registry.list()));
            return compare(new Translating(generator, newTokens), Corpus.read(text, sentences, generator));
        }
    }

    private static int compare(Translating translating, List<Corpus.Pair> pairs) throws InterruptedException {
        Strategy speculative = new Strategy.Speculative();
        List<GenerationResult> greedy = run(translating, pairs, new Strategy.Greedy(), 64);
        int different = report("alone", greedy, run(translating, pairs, speculative, 1));
        different += report("3 at once", greedy, run(translating, pairs, speculative, 3));
        different += report("among 64 with others", greedy, mixed(translating, pairs, speculative));
        return different == 0 ? 0 : 1;
    }

    private static List<GenerationResult> run(
            Translating translating, List<Corpus.Pair> pairs, Strategy strategy, int clients)
            throws InterruptedException {
        GenerationResult[] results = new GenerationResult[pairs.size()];
        ClosedLoop.each(clients, pairs.size(), number -> {
            results[number] = translating.run(pairs.get(number).prompt(), strategy);
            return results[number].tokenIds().size();
        });
        return List.of(results);
    }

    /** Every second request is of another strategy, for the same sentence. */
    private static List<GenerationResult> mixed(Translating translating, List<Corpus.Pair> pairs, Strategy strategy)
            throws InterruptedException {
        GenerationResult[] results = new GenerationResult[pairs.size()];
        ClosedLoop.each(64, 2 * pairs.size(), number -> {
            int sentence = number / 2;
            boolean other = number % 2 == 1;
            GenerationResult result = translating.run(
                    pairs.get(sentence).prompt(), other ? OTHERS.get(sentence % OTHERS.size()) : strategy);
            if (!other) {
                results[sentence] = result;
            }
            return result.tokenIds().size();
        });
        return List.of(results);
    }

    private static int report(String how, List<GenerationResult> greedy, List<GenerationResult> results) {
        long passes = 0;
        long steps = 0;
        long drafted = 0;
        long accepted = 0;
        List<String> differences = new ArrayList<>();
        double fewer = 0;
        for (int i = 0; i < results.size(); i++) {
            GenerationTiming timing = results.get(i).timing();
            passes += timing.steps();
            steps += greedy.get(i).timing().steps();
            drafted += timing.drafted();
            accepted += timing.accepted();
            fewer += (double) greedy.get(i).timing().steps() / timing.steps();
            if (!results.get(i).tokenIds().equals(greedy.get(i).tokenIds())) {
                differences.add(i + ": " + results.get(i).tokenIds() + " instead of "
                        + greedy.get(i).tokenIds());
            }
        }
        System.out.printf(
                Locale.ROOT,
                "speculative %s: %d of %d outputs equal greedy's; %d passes for %d steps (%.2f times fewer, %.2f as the mean of "
                        + "sentences), %d of %d drafted tokens accepted%n",
                how,
                results.size() - differences.size(),
                results.size(),
                passes,
                steps,
                (double) steps / passes,
                fewer / results.size(),
                accepted,
                drafted);
        differences.stream().limit(SHOWN).forEach(System.out::println);
        return differences.size();
    }
}
