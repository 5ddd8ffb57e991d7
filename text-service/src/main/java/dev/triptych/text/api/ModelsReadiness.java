package dev.triptych.text.api;

import dev.triptych.text.runtime.ModelDescription;
import dev.triptych.text.runtime.ModelDescription.Status;
import dev.triptych.text.runtime.TextModels;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Ready once every model has either loaded or failed, and as long as at least one can be asked: a model that fails its
 * checks must not take the others down with it.
 */
@Component("modelsHealthIndicator")
class ModelsReadiness implements HealthIndicator {

    private final TextModels models;

    ModelsReadiness(TextModels models) {
        this.models = models;
    }

    @Override
    public Health health() {
        List<ModelDescription> all = models.list();
        boolean ready = models.settled() && all.stream().anyMatch(model -> model.status() == Status.READY);
        Health.Builder health = ready ? Health.up() : Health.outOfService();
        all.forEach(model -> health.withDetail(model.id(), model.status()));
        return health.build();
    }
}
