package dev.triptych.gateway.models;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.triptych.gateway.telemetry.RequestIdFilter;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** OpenAI's model endpoints over all services. */
@RestController
final class ModelsController {

    private final ModelDirectory directory;

    ModelsController(ModelDirectory directory) {
        this.directory = directory;
    }

    @GetMapping("/v1/models")
    Mono<ModelList> list(@RequestHeader(RequestIdFilter.HEADER) String requestId) {
        return directory.list(requestId).map(ModelList::new);
    }

    @GetMapping("/v1/models/{id}")
    Mono<JsonNode> one(@PathVariable String id, @RequestHeader(RequestIdFilter.HEADER) String requestId) {
        return directory.find(id, requestId);
    }

    record ModelList(List<JsonNode> data) {

        @JsonProperty
        String object() {
            return "list";
        }
    }
}
