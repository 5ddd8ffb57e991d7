package dev.triptych.vision.config;

import dev.triptych.vision.model.VisionModels;
import dev.triptych.vision.telemetry.VisionMetrics;
import dev.triptych.worker.WorkerStarter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/**
 * Loads the models once the HTTP door listens, which answers 503 until then; the service becomes ready when this
 * returns. Only then are jobs taken.
 */
@Component
class ModelStartup implements ApplicationRunner {

    private final VisionModels models;
    private final VisionMetrics metrics;
    private final ObjectProvider<WorkerStarter> worker;

    ModelStartup(VisionModels models, VisionMetrics metrics, ObjectProvider<WorkerStarter> worker) {
        this.models = models;
        this.metrics = metrics;
        this.worker = worker;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        models.load();
        metrics.watch(models);
        worker.ifAvailable(WorkerStarter::start);
    }
}
