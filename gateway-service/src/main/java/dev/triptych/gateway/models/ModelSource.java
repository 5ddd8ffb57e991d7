package dev.triptych.gateway.models;

import dev.triptych.gateway.telemetry.RequestIdFilter;
import dev.triptych.gateway.upstream.ServiceName;
import dev.triptych.gateway.upstream.UpstreamService;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClient.RequestHeadersSpec;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** One service's models, as it tells them itself. Runs on the HTTP client's event loops; keeps nothing. */
public final class ModelSource {

    private static final Logger LOG = LoggerFactory.getLogger(ModelSource.class);

    private final UpstreamService service;
    private final WebClient client;
    private final Duration deadline;

    /** @param deadline after which the service counts as silent */
    public ModelSource(UpstreamService service, WebClient client, Duration deadline) {
        this.service = service;
        this.client = client;
        this.deadline = deadline;
    }

    ServiceName service() {
        return service.name();
    }

    Mono<Answer> list(String requestId) {
        return ask(url -> client.get().uri(url + "/v1/models"), requestId, ModelSource::readList);
    }

    Mono<Answer> find(String id, String requestId) {
        return ask(url -> client.get().uri(url + "/v1/models/{id}", id), requestId, ModelSource::readOne);
    }

    private Mono<Answer> ask(
            Function<URI, RequestHeadersSpec<?>> request,
            String requestId,
            Function<ClientResponse, Mono<List<JsonNode>>> read) {
        return service.replicas()
                .ask(url -> request.apply(url)
                        .header(RequestIdFilter.HEADER, requestId)
                        .exchangeToMono(read))
                .<Answer>map(Answer.Told::new)
                .timeout(deadline)
                .onErrorResume(this::silent);
    }

    private static Mono<List<JsonNode>> readList(ClientResponse response) {
        return response.statusCode() == HttpStatus.OK
                ? response.bodyToMono(JsonNode.class)
                        .map(list -> list.required("data").valueStream().toList())
                : response.createError();
    }

    private static Mono<List<JsonNode>> readOne(ClientResponse response) {
        if (response.statusCode() == HttpStatus.NOT_FOUND) {
            return response.releaseBody().thenReturn(List.of());
        }
        return response.statusCode() == HttpStatus.OK
                ? response.bodyToMono(JsonNode.class).map(List::of)
                : response.createError();
    }

    private Mono<Answer> silent(Throwable error) {
        LOG.warn("{} did not tell its models: {}", service.name(), error.toString());
        return Mono.just(new Answer.Silent(service.name()));
    }

    /** What became of the question. */
    sealed interface Answer {

        /** @param models each as the service describes it; empty where it has none that fits */
        record Told(List<JsonNode> models) implements Answer {

            public Told {
                models = List.copyOf(models);
            }
        }

        /** The service is down, too slow, or answers something else. */
        record Silent(ServiceName service) implements Answer {}
    }
}
