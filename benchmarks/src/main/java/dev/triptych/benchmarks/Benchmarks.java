package dev.triptych.benchmarks;

import dev.triptych.benchmarks.engine.AllocationBenchmark;
import dev.triptych.benchmarks.engine.CohortBenchmark;
import dev.triptych.benchmarks.engine.EfficiencyBenchmark;
import dev.triptych.benchmarks.engine.EngineBenchmark;
import dev.triptych.benchmarks.engine.StepCostBenchmark;
import dev.triptych.benchmarks.engine.TransformersBenchmark;
import dev.triptych.benchmarks.hostile.FuzzBenchmark;
import dev.triptych.benchmarks.hostile.FuzzImagesBenchmark;
import dev.triptych.benchmarks.hostile.OverloadBenchmark;
import dev.triptych.benchmarks.hostile.SlowBenchmark;
import dev.triptych.benchmarks.http.GatewayBenchmark;
import dev.triptych.benchmarks.http.HttpBenchmark;
import dev.triptych.benchmarks.jobs.ChaosBenchmark;
import dev.triptych.benchmarks.jobs.JobsBenchmark;
import dev.triptych.benchmarks.limits.LimitsBenchmark;
import dev.triptych.benchmarks.retrieval.Bm25Benchmark;
import dev.triptych.benchmarks.rolling.RollingBenchmark;
import dev.triptych.benchmarks.scaling.ScalingBenchmark;
import dev.triptych.benchmarks.strategies.EqualityBenchmark;
import dev.triptych.benchmarks.strategies.StrategyBenchmark;
import dev.triptych.benchmarks.vision.VisionBenchmark;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The entry point: {@code ./triptych bench SUBCOMMAND}. */
@Command(
        name = "bench",
        description = "Measures the suite.",
        mixinStandardHelpOptions = true,
        subcommands = {
            EngineBenchmark.class,
            EfficiencyBenchmark.class,
            CohortBenchmark.class,
            TransformersBenchmark.class,
            StepCostBenchmark.class,
            AllocationBenchmark.class,
            HttpBenchmark.class,
            GatewayBenchmark.class,
            StrategyBenchmark.class,
            EqualityBenchmark.class,
            VisionBenchmark.class,
            FuzzBenchmark.class,
            FuzzImagesBenchmark.class,
            OverloadBenchmark.class,
            SlowBenchmark.class,
            LimitsBenchmark.class,
            ScalingBenchmark.class,
            ChaosBenchmark.class,
            RollingBenchmark.class,
            JobsBenchmark.class,
            Bm25Benchmark.class
        })
public final class Benchmarks {

    private Benchmarks() {}

    public static void main(String[] arguments) {
        // The engine's own log lines would stand between the numbers.
        System.setProperty("logging.level.root", "WARN");
        System.exit(new CommandLine(new Benchmarks()).execute(arguments));
    }
}
