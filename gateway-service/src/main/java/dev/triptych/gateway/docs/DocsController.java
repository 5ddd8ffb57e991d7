package dev.triptych.gateway.docs;

import dev.triptych.gateway.telemetry.RequestIdFilter;
import dev.triptych.gateway.upstream.UpstreamService;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code GET /openapi.json}. A silent service takes nothing but its own paths away. */
@RestController
public final class DocsController {

    private static final Logger LOG = LoggerFactory.getLogger(DocsController.class);

    private static final String OPENAPI = "/openapi.json";

    private final JsonNode own = load();
    private final List<UpstreamService> services;
    private final WebClient client;
    private final Duration deadline;
    private final String version;

    /**
     * @param deadline after which a service counts as silent
     * @param version of the build
     */
    public DocsController(List<UpstreamService> services, WebClient client, Duration deadline, String version) {
        this.services = List.copyOf(services);
        this.client = client;
        this.deadline = deadline;
        this.version = version;
    }

    private static JsonNode load() {
        try (InputStream in = DocsController.class.getResourceAsStream(OPENAPI)) {
            if (in == null) {
                throw new IllegalStateException(OPENAPI + " is missing from the gateway");
            }
            return OpenApiDocument.read(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @GetMapping(path = OPENAPI, produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<ObjectNode> http(@RequestHeader(RequestIdFilter.HEADER) String requestId) {
        return Flux.fromIterable(services)
                .flatMapSequential(service -> part(service, requestId))
                .collectList()
                .map(parts -> OpenApiDocument.merge(own, parts, version));
    }

    private Mono<JsonNode> part(UpstreamService service, String requestId) {
        return service.replicas()
                .ask(url -> client.get()
                        .uri(url + OPENAPI)
                        .header(RequestIdFilter.HEADER, requestId)
                        .retrieve()
                        .bodyToMono(JsonNode.class))
                .timeout(deadline)
                .onErrorResume(e -> {
                    LOG.warn("{} did not tell its part of the document: {}", service.name(), e.toString());
                    return Mono.empty();
                });
    }
}
