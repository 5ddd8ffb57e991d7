package dev.triptych.text.api;

import dev.triptych.text.runtime.LifeOutcome;
import dev.triptych.text.runtime.ModelLife;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/**
 * {@code POST /v1/models/{id}/load} and {@code /unload}, for those who have the admin key. Each answers when it is done; a
 * client that goes away changes nothing about that.
 */
@RestController
class ModelLifeController {

    private static final Duration BUSY = Duration.ofSeconds(5);

    private final ModelLife life;
    private final AdminKey adminKey;
    private final ApiLimits limits;

    ModelLifeController(ModelLife life, AdminKey adminKey, ApiLimits limits) {
        this.life = life;
        this.adminKey = adminKey;
        this.limits = limits;
    }

    @PostMapping("/v1/models/{id}/load")
    Mono<ResponseEntity<ModelsController.Model>> load(
            @PathVariable String id,
            @RequestHeader(name = HttpHeaders.AUTHORIZATION, required = false) @Nullable String authorization) {
        adminKey.require(authorization);
        // Canceling the answer must not cancel the work.
        return Mono.fromFuture(() -> life.load(id), true).flatMap(outcome -> answer(id, outcome));
    }

    @PostMapping("/v1/models/{id}/unload")
    Mono<ResponseEntity<ModelsController.Model>> unload(
            @PathVariable String id,
            @RequestHeader(name = HttpHeaders.AUTHORIZATION, required = false) @Nullable String authorization) {
        adminKey.require(authorization);
        return Mono.fromFuture(() -> life.unload(id), true).flatMap(outcome -> answer(id, outcome));
    }

    private Mono<ResponseEntity<ModelsController.Model>> answer(String id, LifeOutcome outcome) {
        return switch (outcome) {
            case LifeOutcome.Ready ready -> Mono.just(ResponseEntity.ok(ModelsController.Model.of(ready.model())));
            case LifeOutcome.Unloaded unloaded -> unloaded(unloaded);
            case LifeOutcome.Unknown ignored ->
                Mono.error(new TriptychException.Rejected(
                        ErrorCode.MODEL_NOT_FOUND, "model", "the repository has no text model \"" + id + "\""));
            case LifeOutcome.Busy ignored ->
                Mono.error(new TriptychException.Overloaded(
                        ErrorCode.UNAVAILABLE, BUSY, "model \"" + id + "\" is being loaded or unloaded"));
            case LifeOutcome.Refused refused ->
                Mono.error(new TriptychException.Rejected(
                        ErrorCode.MODEL_REFUSED,
                        "model",
                        "model \"" + id + "\" cannot be served: " + String.join("; ", refused.problems())));
            case LifeOutcome.MemoryExceeded exceeded ->
                Mono.error(new TriptychException.Rejected(ErrorCode.MEMORY_EXCEEDED, "model", exceeded.message()));
            case LifeOutcome.Closed ignored ->
                Mono.error(
                        new TriptychException.Overloaded(ErrorCode.UNAVAILABLE, BUSY, "the service is shutting down"));
        };
    }

    /** 200 once its memory is free; 202 where its requests take longer to finish than a client should wait. */
    private Mono<ResponseEntity<ModelsController.Model>> unloaded(LifeOutcome.Unloaded unloaded) {
        ModelsController.Model model = ModelsController.Model.of(unloaded.model());
        return Mono.fromFuture(unloaded.freed(), true)
                .thenReturn(ResponseEntity.ok(model.withoutVersions()))
                .timeout(
                        limits.unloadPatience(),
                        Mono.just(ResponseEntity.status(HttpStatus.ACCEPTED).body(model)));
    }
}
