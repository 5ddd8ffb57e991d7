package dev.triptych.vision.telemetry;

import dev.triptych.vision.batching.BatchListener;
import dev.triptych.vision.batching.MicroBatcher;
import dev.triptych.vision.batching.PictureTrace;
import dev.triptych.vision.model.LoadedModel;
import dev.triptych.vision.model.ModelEntry;
import dev.triptych.vision.model.VisionModels;
import dev.triptych.vision.vit.AnalysisListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.tracing.Tracer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The service's own metrics and traces; base units, labeled by model; never by a key, an address or a name that a client chose. */
public final class VisionMetrics implements BatchListener, AnalysisListener {

    /** The outcome of work that succeeded; others are error codes. */
    public static final String OK = "ok";

    private static final String MODEL = "model";
    private static final String OUTCOME = "outcome";

    private final MeterRegistry registry;
    private final PictureTraces traces;

    /** @param tracer {@code null} where nobody traces */
    public VisionMetrics(MeterRegistry registry, @Nullable Tracer tracer) {
        this.registry = registry;
        this.traces = new PictureTraces(tracer);
    }

    /** Adds the gauges of every model that is served. */
    public void watch(VisionModels models) {
        for (ModelEntry entry : models.all()) {
            if (entry.state() instanceof ModelEntry.Serving(LoadedModel model)) {
                gauges(model.id(), model.batcher());
            }
        }
    }

    private void gauges(String model, MicroBatcher batcher) {
        Gauge.builder("triptych.requests.running", batcher, MicroBatcher::running)
                .description("Rows of the model call in progress")
                .tag(MODEL, model)
                .register(registry);
        Gauge.builder("triptych.requests.waiting", batcher, MicroBatcher::waiting)
                .description("Pictures that wait for a batch")
                .tag(MODEL, model)
                .register(registry);
    }

    @Override
    public PictureTrace began(String model) {
        return traces.begin(model);
    }

    @Override
    public PictureTrace queued() {
        return traces.current();
    }

    @Override
    public void batchStarted(String model, int rows) {
        DistributionSummary.builder("triptych.batch.rows")
                .description("Rows of a model call")
                .tag(MODEL, model)
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64)
                .register(registry)
                .record(rows);
    }

    @Override
    public void dequeued(String model, Duration waited) {
        traces.waited(waited);
        Timer.builder("triptych.queue")
                .description("Time from submission to the start of the batch")
                .tag(MODEL, model)
                .publishPercentileHistogram()
                .register(registry)
                .record(waited);
    }

    @Override
    public void finished(String model, String outcome, Duration took) {
        Timer.builder("triptych.request")
                .description("Time from a request's arrival to its end")
                .tag(MODEL, model)
                .tag(OUTCOME, outcome)
                .publishPercentileHistogram()
                .register(registry)
                .record(took);
        if (outcome.equals(OK)) {
            Counter.builder("triptych.images")
                    .description("Pictures answered")
                    .tag(MODEL, model)
                    .register(registry)
                    .increment();
        }
    }
}
