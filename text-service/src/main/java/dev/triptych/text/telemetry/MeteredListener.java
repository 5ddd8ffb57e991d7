package dev.triptych.text.telemetry;

import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.runtime.RequestTrace;
import dev.triptych.text.runtime.RuntimeListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** One model's meters and traces; labels besides {@code model} are {@code outcome} and {@code strategy}, both of few values. */
public final class MeteredListener implements RuntimeListener {

    private final Share waiting;
    private final Share running;
    private final Map<FinishReason, Timer> requests = new EnumMap<>(FinishReason.class);
    private final Timer queue;
    private final Timer firstToken;
    private final Timer interToken;
    private final Counter promptTokens;
    private final Counter generatedTokens;
    private final Counter draftTokens;
    private final Counter draftTokensAccepted;
    private final Counter failedSteps;
    private final DistributionSummary batchRows;
    private final DistributionSummary paddingRatio;
    private final DistributionSummary cancelSteps;
    private final DistributionSummary natIterations;
    private final Function<String, Counter> chosen;
    private final EngineTraces traces;
    private final String model;

    /** The only listener of a model. */
    public MeteredListener(MeterRegistry registry, String model) {
        this(registry, model, EngineTraces.NONE, Load.of(registry, model));
    }

    private MeteredListener(MeterRegistry registry, String model, EngineTraces traces, Load load) {
        this.traces = traces;
        this.model = model;
        waiting = new Share(load.waiting());
        running = new Share(load.running());
        for (FinishReason reason : FinishReason.values()) {
            requests.put(
                    reason,
                    Timer.builder("triptych.request")
                            .description("Time from submission to the last event")
                            .tags(tags(model))
                            .tag("outcome", reason.name().toLowerCase(Locale.ROOT))
                            .publishPercentileHistogram()
                            .register(registry));
        }
        queue = timer(registry, model, "triptych.queue", "Time from submission to the prompt's pass");
        firstToken = timer(registry, model, "triptych.time.to.first.token", "Time from submission to the first token");
        interToken = timer(registry, model, "triptych.inter.token", "Time between two tokens of a request");
        promptTokens =
                Counter.builder("triptych.prompt.tokens").tags(tags(model)).register(registry);
        generatedTokens =
                Counter.builder("triptych.generated.tokens").tags(tags(model)).register(registry);
        draftTokens = Counter.builder("triptych.draft.tokens").tags(tags(model)).register(registry);
        draftTokensAccepted = Counter.builder("triptych.draft.tokens.accepted")
                .tags(tags(model))
                .register(registry);
        failedSteps = Counter.builder("triptych.failed.steps")
                .description("Model calls that the native runtime refused or failed")
                .tags(tags(model))
                .register(registry);
        batchRows = summary(registry, model, "triptych.batch.rows", "Rows of a model call", 1, 2, 4, 8, 16, 32, 64);
        paddingRatio = summary(
                registry,
                model,
                "triptych.padding.ratio",
                "Padding among the encoder's positions",
                0.05,
                0.1,
                0.2,
                0.4,
                0.8);
        cancelSteps = summary(
                registry,
                model,
                "triptych.cancel.steps",
                "Decoder steps that still ran for a row after its cancel was received",
                1,
                2);
        natIterations = summary(
                registry,
                model,
                "triptych.nat.iterations",
                "Passes of a non-autoregressive decoder over a request that it finished",
                1,
                2,
                4,
                8,
                16);
        chosen = strategy -> chosen(registry, model, strategy);
    }

    private static Counter chosen(MeterRegistry registry, String model, String strategy) {
        return Counter.builder("triptych.strategy.chosen")
                .description("Requests for which auto chose the strategy")
                .tags(tags(model))
                .tag("strategy", strategy)
                .register(registry);
    }

    /** Makes listeners, of which a model has several while one version takes over from another: they add up. */
    public static Function<String, RuntimeListener> perModel(MeterRegistry registry, EngineTraces traces) {
        Map<String, Load> loads = new ConcurrentHashMap<>();
        return model -> new MeteredListener(
                registry, model, traces, loads.computeIfAbsent(model, name -> Load.of(registry, name)));
    }

    /** What all versions of a model have to do. */
    private record Load(AtomicInteger waiting, AtomicInteger running) {

        static Load of(MeterRegistry registry, String model) {
            Load load = new Load(new AtomicInteger(), new AtomicInteger());
            registry.gauge("triptych.requests.waiting", tags(model), load.waiting);
            registry.gauge("triptych.requests.running", tags(model), load.running);
            return load;
        }
    }

    /** One version's part of a sum. */
    private static final class Share {

        private final AtomicInteger sum;
        private final AtomicInteger part = new AtomicInteger();

        Share(AtomicInteger sum) {
            this.sum = sum;
        }

        void set(int value) {
            sum.addAndGet(value - part.getAndSet(value));
        }
    }

    @Override
    public RequestTrace traced(String operation, int promptTokens) {
        return traces.begin(operation, model, promptTokens);
    }

    @Override
    public void loadChanged(int waitingRequests, int runningRows) {
        waiting.set(waitingRequests);
        running.set(runningRows);
    }

    @Override
    public void admitted(long queueNanos, int promptTokenCount) {
        queue.record(queueNanos, TimeUnit.NANOSECONDS);
        promptTokens.increment(promptTokenCount);
    }

    @Override
    public void firstToken(long sinceSubmissionNanos) {
        firstToken.record(sinceSubmissionNanos, TimeUnit.NANOSECONDS);
        generatedTokens.increment();
    }

    @Override
    public void nextToken(long sinceLastNanos) {
        interToken.record(sinceLastNanos, TimeUnit.NANOSECONDS);
        generatedTokens.increment();
    }

    @Override
    public void stepped(int rows) {
        batchRows.record(rows);
    }

    @Override
    public void encoded(double ratio) {
        paddingRatio.record(ratio);
    }

    @Override
    public void finished(FinishReason reason, long totalNanos, int tokenCount) {
        Timer timer = requests.get(reason);
        if (timer != null) {
            timer.record(totalNanos, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void released(int stepsAfterCancel) {
        cancelSteps.record(stepsAfterCancel);
    }

    @Override
    public void refined(int passes) {
        natIterations.record(passes);
    }

    @Override
    public void drafted(int offered, int accepted) {
        draftTokens.increment(offered);
        draftTokensAccepted.increment(accepted);
    }

    @Override
    public void chosen(String strategy) {
        chosen.apply(strategy).increment();
    }

    @Override
    public void failed() {
        failedSteps.increment();
    }

    private static Tags tags(String model) {
        return Tags.of("model", model);
    }

    private static Timer timer(MeterRegistry registry, String model, String name, String description) {
        return Timer.builder(name)
                .description(description)
                .tags(tags(model))
                .publishPercentileHistogram()
                .register(registry);
    }

    private static DistributionSummary summary(
            MeterRegistry registry, String model, String name, String description, double... buckets) {
        return DistributionSummary.builder(name)
                .description(description)
                .tags(tags(model))
                .serviceLevelObjectives(buckets)
                .register(registry);
    }
}
