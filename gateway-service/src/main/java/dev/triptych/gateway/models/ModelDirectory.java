package dev.triptych.gateway.models;

import dev.triptych.gateway.errors.UpstreamErrors;
import dev.triptych.gateway.models.ModelSource.Answer;
import dev.triptych.gateway.upstream.ServiceName;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * The models of all services together. A silent service takes nothing from the list but its own models; only when none
 * answers is there no list.
 */
public final class ModelDirectory {

    private final List<ModelSource> sources;

    /** @param sources in the order of the list; where two serve the same id, the earlier one's description stands */
    public ModelDirectory(List<ModelSource> sources) {
        this.sources = List.copyOf(sources);
    }

    Mono<List<JsonNode>> list(String requestId) {
        return Flux.fromIterable(sources)
                .flatMapSequential(source -> source.list(requestId))
                .collectList()
                .map(ModelDirectory::merge);
    }

    /** Asks all services at once; the first that has the model ends the search. */
    Mono<JsonNode> find(String id, String requestId) {
        return Flux.fromIterable(sources)
                .flatMap(source -> source.find(id, requestId))
                .takeUntil(ModelDirectory::hasModel)
                .collectList()
                .map(answers -> choose(id, answers));
    }

    /** The ids of one service's models; fails while it does not tell them. */
    public Mono<Set<String>> ids(ServiceName service, String requestId) {
        return Flux.fromIterable(sources)
                .filter(source -> source.service() == service)
                .concatMap(source -> source.list(requestId))
                .single()
                .map(answer -> switch (answer) {
                    case Answer.Told told ->
                        told.models().stream()
                                .map(model -> model.path("id").asString())
                                .collect(Collectors.toSet());
                    case Answer.Silent silent ->
                        throw UpstreamErrors.unreachable(silent.service().toString());
                });
    }

    private static List<JsonNode> merge(List<Answer> answers) {
        if (answers.stream().noneMatch(Answer.Told.class::isInstance)) {
            throw UpstreamErrors.unreachable(silent(answers));
        }
        Map<String, JsonNode> byId = new LinkedHashMap<>();
        for (Answer answer : answers) {
            if (answer instanceof Answer.Told told) {
                told.models().forEach(model -> byId.putIfAbsent(model.path("id").asString(), model));
            }
        }
        return List.copyOf(byId.values());
    }

    private static JsonNode choose(String id, List<Answer> answers) {
        if (answers.getLast() instanceof Answer.Told told && !told.models().isEmpty()) {
            return told.models().getFirst();
        }
        if (answers.stream().anyMatch(Answer.Silent.class::isInstance)) {
            throw UpstreamErrors.unreachable(silent(answers));
        }
        throw new TriptychException.Rejected(
                ErrorCode.MODEL_NOT_FOUND,
                "model",
                "The model '" + id + "' does not exist; GET /v1/models lists those that do.");
    }

    private static boolean hasModel(Answer answer) {
        return answer instanceof Answer.Told told && !told.models().isEmpty();
    }

    private static String silent(List<Answer> answers) {
        return String.join(
                " and ",
                answers.stream()
                        .filter(Answer.Silent.class::isInstance)
                        .map(answer -> ((Answer.Silent) answer).service().toString())
                        .toList());
    }
}
