package dev.triptych.gateway.access;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import dev.triptych.wire.WireJson;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes, lists and revokes keys. A secret is answered once, to whoever made its key. */
@RestController
final class KeyController {

    private final KeyDirectory keys;
    private final Clock clock;
    private final Scheduler storeScheduler;
    private final SecureRandom random = new SecureRandom();

    KeyController(KeyDirectory keys, Clock clock, Scheduler storeScheduler) {
        this.keys = keys;
        this.clock = clock;
        this.storeScheduler = storeScheduler;
    }

    @PostMapping(path = "/v1/keys", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    Mono<JsonNode> create(@RequestBody JsonNode body, @RequestAttribute(Caller.ATTRIBUTE) Caller caller) {
        KeyRequest request = KeyRequest.read(body);
        if (!caller.known() && !request.scopes().contains(Scope.ADMIN)) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD,
                    "scopes",
                    "scopes must have admin in the first key: it closes the gateway, and nobody could make a second");
        }
        return Mono.fromCallable(() -> KeySecret.next(random))
                .subscribeOn(storeScheduler)
                .flatMap(secret ->
                        keys.create(key(request, secret)).map(key -> reply(key).put("key", secret)));
    }

    @GetMapping("/v1/keys")
    Mono<JsonNode> list() {
        return keys.list().map(all -> {
            ArrayNode data = WireJson.mapper().createArrayNode();
            all.forEach(key -> data.add(reply(key)));
            return WireJson.mapper().createObjectNode().put("object", "list").set("data", data);
        });
    }

    /** Revoking what was revoked changes nothing. */
    @DeleteMapping("/v1/keys/{id}")
    Mono<JsonNode> revoke(@PathVariable String id) {
        return keys.revoke(id)
                .<JsonNode>map(KeyController::reply)
                .switchIfEmpty(Mono.error(() -> new TriptychException.Rejected(
                        ErrorCode.NOT_FOUND, "id", "No such key; GET /v1/keys lists those there are.")));
    }

    private ApiKey key(KeyRequest request, String secret) {
        String id = "key_" + UUID.randomUUID().toString().replace("-", "");
        return new ApiKey(
                id, request.name(), KeySecret.hash(secret), request.scopes(), request.limits(), clock.instant(), null);
    }

    private static ObjectNode reply(ApiKey key) {
        ObjectNode reply = WireJson.mapper()
                .createObjectNode()
                .put("id", key.id())
                .put("object", "key")
                .put("name", key.name());
        ArrayNode scopes = reply.putArray("scopes");
        key.scopes().stream().sorted().forEach(scope -> scopes.add(scope.key()));
        KeyLimits limits = key.limits();
        return reply.put(KeyRequest.REQUESTS, limits.requestsPerMinute())
                .put(KeyRequest.TOKENS, limits.tokensPerMinute())
                .put(KeyRequest.IMAGES, limits.imagesPerMinute())
                .put(KeyRequest.JOBS, limits.concurrentJobs())
                .put("created_at", key.createdAt().getEpochSecond())
                .put("revoked_at", seconds(key.revokedAt()));
    }

    private static @Nullable Long seconds(@Nullable Instant time) {
        return time == null ? null : time.getEpochSecond();
    }
}
