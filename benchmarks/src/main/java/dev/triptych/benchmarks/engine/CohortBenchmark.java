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
 * The engine against batches in the order of arrival, each of which runs until its last row has ended: over the plain graphs
 * that anybody exports, and over the engine's own fused ones. Their encoders run over parts of like length, and clients cost
 * them nothing, which is in their favor.
 */
@Command(
        name = "cohorts",
        description = "Measures the engine against static batches of mixed lengths.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class CohortBenchmark implements Callable<Integer> {

    @Mixin
    private EngineWithText settings = new EngineWithText();

    @Option(names = "--clients", description = "clients, and rows of a static batch (default: ${DEFAULT-VALUE})")
    private int clients = 64;

    @Mixin
    private Turns turns = new Turns(5, 4);

    @Override
    public Integer call() throws Exception {
        try (PlainCopy copy = PlainCopy.of(settings.model());
                Seq2SeqModel plain = settings.graphs(copy.folder());
                Seq2SeqModel fused = settings.graphs(settings.model());
                EngineUnderLoad engine = settings.engine(List.of())) {
            measure(new BareLoop(plain), new BareLoop(fused), engine);
        }
        return 0;
    }

    private void measure(BareLoop plain, BareLoop fused, EngineUnderLoad engine) throws InterruptedException {
        Duration turn = turns.each();
        turn(plain, engine, Duration.ofSeconds(1));
        turn(fused, engine, Duration.ofSeconds(1));
        engine.warmUp();
        double[] overPlain = new double[turns.rounds()];
        double[] overFused = new double[turns.rounds()];
        for (int round = 0; round < turns.rounds(); round++) {
            StaticBatches plainTurn = turn(plain, engine, turn);
            StaticBatches fusedTurn = turn(fused, engine, turn);
            Throughput served = engine.steady(clients, turn);
            print("static, plain", plainTurn.throughput(), plainTurn.useful());
            print("static, fused", fusedTurn.throughput(), fusedTurn.useful());
            print("engine", served, 1);
            overPlain[round] = served.tokensPerSecond() / plainTurn.throughput().tokensPerSecond();
            overFused[round] = served.tokensPerSecond() / fusedTurn.throughput().tokensPerSecond();
        }
        System.out.printf(
                Locale.ROOT,
                "engine against static batches of %d rows, %d turns each: plain graphs %s, the same fused graphs %s%n",
                clients,
                turns.rounds(),
                Ratios.of(overPlain),
                Ratios.of(overFused));
    }

    private StaticBatches turn(BareLoop loop, EngineUnderLoad engine, Duration duration) {
        return loop.untilAllEnd(clients, settings.newTokens(), engine.prompts(), duration);
    }

    private static void print(String who, Throughput throughput, double useful) {
        System.out.printf(
                Locale.ROOT,
                "%-14s %6.0f tokens/s, %4.0f us of processor a token, %3.0f %% of computed tokens belong to an output%n",
                who,
                throughput.tokensPerSecond(),
                throughput.cpuMicrosPerToken(),
                100 * useful);
    }
}
