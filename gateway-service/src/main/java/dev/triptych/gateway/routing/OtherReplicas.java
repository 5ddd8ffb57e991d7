package dev.triptych.gateway.routing;

import dev.triptych.gateway.telemetry.RequestIdFilter;
import dev.triptych.gateway.upstream.Replica;
import dev.triptych.gateway.upstream.UpstreamService;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Passes on what one replica has done and all have to do: loading and unloading a model, which carry no body. */
final class OtherReplicas {

    private final UpstreamService service;
    private final WebClient client;

    OtherReplicas(UpstreamService service, WebClient client) {
        this.service = service;
        this.client = client;
    }

    /**
     * Sends the request to the others that serve; one that does not comes to the same by its start.
     *
     * @param told who has done it
     * @return empty once all have; an error where one has not, which the client mends by sending the request again
     */
    Mono<Void> tell(ServerWebExchange exchange, URI asked, Set<Replica> told) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        return Flux.fromIterable(service.replicas().others(told))
                .flatMap(url -> client.post()
                        .uri(ReplicaFilter.at(url, asked))
                        .headers(own -> {
                            own.set(RequestIdFilter.HEADER, RequestIdFilter.of(exchange.getResponse()));
                            String authorization = headers.getFirst(HttpHeaders.AUTHORIZATION);
                            if (authorization != null) {
                                own.set(HttpHeaders.AUTHORIZATION, authorization);
                            }
                        })
                        .exchangeToMono(answer -> answer.releaseBody().thenReturn(answer.statusCode()))
                        .timeout(service.responseTimeout())
                        .onErrorMap(error -> failed(error.toString(), error))
                        .flatMap(this::check))
                .then();
    }

    private Mono<Void> check(HttpStatusCode status) {
        return status.is2xxSuccessful() ? Mono.empty() : Mono.error(failed("HTTP " + status.value(), null));
    }

    private TriptychException failed(String how, @Nullable Throwable cause) {
        return new TriptychException.Failed(
                ErrorCode.UPSTREAM_FAILED,
                "Not all replicas of " + service.name() + " have done it (" + how + "); send the request again.",
                cause);
    }
}
