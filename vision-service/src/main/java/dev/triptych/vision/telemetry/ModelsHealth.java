package dev.triptych.vision.telemetry;

import dev.triptych.vision.model.VisionModels;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Down while models load and once an engine thread has died; a model that failed a check is listed, not unhealthy. */
public final class ModelsHealth implements HealthIndicator {

    private final VisionModels models;

    public ModelsHealth(VisionModels models) {
        this.models = models;
    }

    @Override
    public Health health() {
        Health.Builder health = models.isLoaded() && models.isHealthy() ? Health.up() : Health.outOfService();
        return health.withDetail("models", models.all().size()).build();
    }
}
