package dev.triptych.vision.config;

import dev.triptych.vision.model.VisionModels;
import dev.triptych.vision.telemetry.VisionMetrics;
import dev.triptych.worker.WorkerStarter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/**
 * Waits for the models while the HTTP door, which listens by then, answers 503; the service becomes ready when this
 * returns. Only then are jobs taken.
 */
@Component
class ModelStartup implements ApplicationRunner {

    private final VisionModels models;
    private final ModelLoading loading;
    private final VisionMetrics metrics;
    private final ObjectProvider<WorkerStarter> worker;

    ModelStartup(
            VisionModels models, ModelLoading loading, VisionMetrics metrics, ObjectProvider<WorkerStarter> worker) {
        this.models = models;
        this.loading = loading;
        this.metrics = metrics;
        this.worker = worker;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        loading.await();
        metrics.watch(models);
        worker.ifAvailable(WorkerStarter::start);
    }
}
