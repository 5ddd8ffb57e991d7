package dev.triptych.gateway.models;

import dev.triptych.gateway.errors.UpstreamErrors;
import dev.triptych.gateway.models.ModelSource.Answer;
import dev.triptych.gateway.upstream.ServiceName;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Which service serves a model. What the services told is kept for a moment, so that a request to a known model costs no
 * further call; a model that is not among them is asked for at once. Where two serve the same id, the earlier source
 * owns it.
 */
public final class ModelOwners {

    private final List<ModelSource> sources;
    private final Mono<Map<String, ServiceName>> known;

    /** @param kept how long the services' lists are reused */
    public ModelOwners(List<ModelSource> sources, Duration kept) {
        this.sources = List.copyOf(sources);
        this.known = Flux.fromIterable(this.sources)
                .flatMapSequential(
                        source -> source.list("model-owners").map(answer -> new Told(source.service(), answer)))
                .collectList()
                .map(ModelOwners::byId)
                .cache(owners -> kept, error -> Duration.ZERO, () -> Duration.ZERO);
    }

    private record Told(ServiceName service, Answer answer) {

        List<JsonNode> models() {
            return answer instanceof Answer.Told told ? told.models() : List.of();
        }
    }

    /** The owner of a model; fails where no service has it, or one that could have it is silent. */
    public Mono<ServiceName> of(String model, String requestId) {
        return known.flatMap(owners -> {
            ServiceName owner = owners.get(model);
            return owner == null ? search(model, requestId) : Mono.just(owner);
        });
    }

    private static Map<String, ServiceName> byId(List<Told> answers) {
        Map<String, ServiceName> owners = new HashMap<>();
        for (Told told : answers) {
            told.models().forEach(model -> owners.putIfAbsent(model.path("id").asString(), told.service()));
        }
        return owners;
    }

    private Mono<ServiceName> search(String model, String requestId) {
        return Flux.fromIterable(sources)
                .flatMapSequential(
                        source -> source.find(model, requestId).map(answer -> new Told(source.service(), answer)))
                .collectList()
                .map(answers -> choose(model, answers));
    }

    private static ServiceName choose(String model, List<Told> answers) {
        for (Told told : answers) {
            if (!told.models().isEmpty()) {
                return told.service();
            }
        }
        String silent = answers.stream()
                .filter(told -> told.answer() instanceof Answer.Silent)
                .map(told -> told.service().toString())
                .collect(Collectors.joining(" and "));
        if (!silent.isEmpty()) {
            throw UpstreamErrors.unreachable(silent);
        }
        throw new TriptychException.Rejected(
                ErrorCode.MODEL_NOT_FOUND,
                "model",
                "The model '" + model + "' does not exist; GET /v1/models lists those that do.");
    }
}
