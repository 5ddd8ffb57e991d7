package dev.triptych.benchmarks.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The engine against {@code generate()} of transformers: the same weights in PyTorch, the same sentences, greedy over a
 * cache, in as many threads, by turns. Batches of transformers are those of the text's order, which is how they arrive.
 */
@Command(
        name = "transformers",
        description = "Measures the engine against transformers' generate() on the same weights.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class TransformersBenchmark implements Callable<Integer> {

    @Mixin
    private EngineWithText settings = new EngineWithText();

    @Option(names = "--python", description = "a Python with the foundry's requirements (default: ${DEFAULT-VALUE})")
    private String python = "python3";

    @Option(names = "--foundry", description = "folder of the foundry (default: ${DEFAULT-VALUE})")
    private Path foundry = Path.of("model-foundry");

    @Option(names = "--threads", description = "threads of both (default: ${DEFAULT-VALUE})")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--batches", split = ",", description = "batches, and as many clients (default: ${DEFAULT-VALUE})")
    private List<Integer> batches = List.of(1, 32);

    @Option(names = "--sentences", description = "for each row of a batch and turn (default: ${DEFAULT-VALUE})")
    private int sentences = 8;

    @Option(names = "--rounds", description = "turns of each (default: ${DEFAULT-VALUE})")
    private int rounds = 3;

    @Override
    public Integer call() throws Exception {
        try (EngineUnderLoad engine = settings.engine(List.of("threads=" + threads));
                TransformersProcess transformers =
                        TransformersProcess.start(python, foundry, settings.model(), threads)) {
            engine.warmUp();
            transformers.generate(taken(engine.prompts(), 0, 4), 2, settings.newTokens());
            for (int batch : batches) {
                compare(engine, transformers, batch);
            }
        }
        return 0;
    }

    private void compare(EngineUnderLoad engine, TransformersProcess transformers, int batch) throws Exception {
        double[] ratios = new double[rounds];
        int same = 0;
        int all = 0;
        for (int round = 0; round < rounds; round++) {
            List<List<Integer>> turn = taken(engine.prompts(), round * batch * sentences, batch * sentences);
            TransformersProcess.Answer theirs = transformers.generate(turn, batch, settings.newTokens());
            long began = System.nanoTime();
            List<List<Integer>> ours = engine.all(turn, batch);
            double seconds = (System.nanoTime() - began) / 1e9;
            double served = tokens(ours) / seconds;
            ratios[round] = served / (tokens(theirs.outputs()) / theirs.seconds());
            for (int i = 0; i < turn.size(); i++) {
                same += ours.get(i).equals(theirs.outputs().get(i)) ? 1 : 0;
            }
            all += turn.size();
            System.out.printf(
                    Locale.ROOT,
                    "batch %2d: transformers %6.0f tokens/s, engine %6.0f tokens/s%n",
                    batch,
                    tokens(theirs.outputs()) / theirs.seconds(),
                    served);
        }
        System.out.printf(
                Locale.ROOT,
                "batch %2d, %d threads, %d turns each: engine against transformers %s; %d of %d outputs equal%n",
                batch,
                threads,
                rounds,
                Ratios.of(ratios),
                same,
                all);
    }

    private static double tokens(List<List<Integer>> outputs) {
        return outputs.stream().mapToInt(List::size).sum();
    }

    private static List<List<Integer>> taken(List<List<Integer>> prompts, int from, int count) {
        List<List<Integer>> taken = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            taken.add(prompts.get((from + i) % prompts.size()));
        }
        return taken;
    }
}
