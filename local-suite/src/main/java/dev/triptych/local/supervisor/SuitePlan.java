package dev.triptych.local.supervisor;

import java.util.ArrayList;
import java.util.List;

/**
 * What runs, in stages of dependence. The first stage must be ready before anything else is started; the others start
 * side by side, because their readiness already waits for one another. Stopping goes through the stages backwards.
 */
public record SuitePlan(List<List<ServiceSpec>> stages) {

    public List<ServiceSpec> services() {
        List<ServiceSpec> services = new ArrayList<>();
        stages.forEach(services::addAll);
        return services;
    }

    /** The same order with only the named services in it. */
    public SuitePlan only(List<String> names) {
        return new SuitePlan(stages.stream()
                .map(stage -> stage.stream()
                        .filter(spec -> names.contains(spec.name()))
                        .toList())
                .filter(stage -> !stage.isEmpty())
                .toList());
    }
}
