package dev.triptych.benchmarks.engine;

import dev.triptych.text.model.Seq2SeqModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a step of the decoder costs by the length of its cache, of the model's own graphs and of its plain ones. */
@Command(
        name = "steps",
        description = "Measures a decoder's step by the length of its cache.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class StepCostBenchmark implements Callable<Integer> {

    /** Steps on both sides of a length that count for it. */
    private static final int AROUND = 8;

    @Mixin
    private EngineSettings settings = new EngineSettings();

    @Option(names = "--rows", split = ",", description = "rows of a step (default: ${DEFAULT-VALUE})")
    private List<Integer> rows = List.of(1, 32);

    @Option(names = "--lengths", split = ",", description = "tokens in the cache (default: ${DEFAULT-VALUE})")
    private List<Integer> lengths = List.of(16, 64, 256, 512, 1024);

    @Option(names = "--source", description = "tokens of each prompt (default: ${DEFAULT-VALUE})")
    private int source = 24;

    @Option(names = "--repeats", description = "outputs of the greatest length (default: ${DEFAULT-VALUE})")
    private int repeats = 5;

    @Override
    public Integer call() throws Exception {
        try (PlainCopy copy = PlainCopy.of(settings.model());
                Seq2SeqModel plain = settings.graphs(copy.folder());
                Seq2SeqModel own = settings.graphs(settings.model())) {
            System.out.println("milliseconds a step (median) by tokens in the cache");
            System.out.println("graphs, rows | "
                    + String.join(" | ", lengths.stream().map(String::valueOf).toList()));
            for (int count : rows) {
                print(own.graphs().getClass().getSimpleName(), own, count);
                if (!(own.graphs() instanceof Seq2SeqModel.Plain)) {
                    print("Plain", plain, count);
                }
            }
        }
        return 0;
    }

    private void print(String graphs, Seq2SeqModel model, int count) {
        StringBuilder line = new StringBuilder(graphs.toLowerCase(Locale.ROOT) + ", " + count);
        medians(model, count).values().forEach(millis -> line.append(String.format(Locale.ROOT, " | %.3f", millis)));
        System.out.println(line);
    }

    private Map<Integer, Double> medians(Seq2SeqModel model, int count) {
        int longest = Math.min(Collections.max(lengths) + AROUND, model.shape().maxPositions());
        List<Integer> prompt = new ArrayList<>();
        for (int i = 0; i < source; i++) {
            prompt.add(model.shape().vocabSize() / 2 + i);
        }
        BareLoop loop = new BareLoop(model);
        double[][] millis = new double[repeats][longest];
        loop.once(count, longest, prompt, (step, tokens, nanos) -> step < longest / 4);
        for (double[] run : millis) {
            loop.once(count, longest, prompt, (step, tokens, nanos) -> {
                run[step] = nanos / 1e6;
                return true;
            });
        }
        Map<Integer, Double> medians = new TreeMap<>();
        lengths.forEach(length -> medians.put(length, median(millis, length, longest)));
        return medians;
    }

    /** NaN where the model has no such positions. */
    private static double median(double[][] millis, int length, int longest) {
        double[] near = Arrays.stream(millis)
                .flatMapToDouble(run ->
                        Arrays.stream(run, Math.min(longest, length - AROUND), Math.min(longest, length + AROUND)))
                .sorted()
                .toArray();
        return near.length == 0 ? Double.NaN : near[near.length / 2];
    }
}
