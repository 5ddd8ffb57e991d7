package dev.triptych.gateway.routing;

import dev.triptych.gateway.errors.UpstreamErrors;
import dev.triptych.gateway.upstream.Attempt;
import dev.triptych.gateway.upstream.Replica;
import dev.triptych.gateway.upstream.UpstreamService;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.channel.AbortedException;

/**
 * Sends a request to the replica that has the least to do, and to another one where that fails and nobody can tell the
 * difference: before anything was sent always, later only what computes and changes nothing, as long as its body is held
 * and no byte of an answer has come. A request that broke a connection is sent once more and not twice, so that one that
 * ends processes does not end them all.
 */
final class ReplicaFilter implements GatewayFilter {

    /** Once the address that the route has is in place. */
    static final int ORDER = RouteToRequestUrlFilter.ROUTE_TO_URL_FILTER_ORDER + 1;

    private static final String ATTEMPT = ReplicaFilter.class.getName();
    private static final int UNAVAILABLE = 503;
    private static final int NOT_FOUND = 404;

    private final UpstreamService service;
    private final ServiceRoute route;
    private final HeldBodies bodies;
    private final OtherReplicas others;

    ReplicaFilter(UpstreamService service, ServiceRoute route, RoutePlan.Surroundings surroundings) {
        this.service = service;
        this.route = route;
        this.bodies = surroundings.bodies();
        this.others = new OtherReplicas(service, surroundings.client());
    }

    /** The answer has ended, whole or not. */
    static void end(ServerWebExchange exchange) {
        if (exchange.getAttributes().remove(ATTEMPT) instanceof Attempt attempt) {
            attempt.end();
        }
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        return bodies.with(exchange.getRequest(), outgoing -> {
            if (route.methods().contains(HttpMethod.POST)) {
                service.checkRoom();
            }
            return new Course(exchange, outgoing, chain).send();
        });
    }

    /** One request's attempts, one after the other. */
    private final class Course {

        private final ServerWebExchange exchange;
        private final GatewayFilterChain chain;
        private final boolean again;
        private final boolean held;
        private final Set<Replica> tried = new HashSet<>();
        private boolean broken;
        private volatile boolean clientFailed;

        Course(ServerWebExchange exchange, HeldBodies.Outgoing outgoing, GatewayFilterChain chain) {
            this.exchange =
                    exchange.mutate().request(new Watched(outgoing.request())).build();
            this.chain = chain;
            this.held = outgoing.again();
            this.again = outgoing.again() && route.computes();
        }

        Mono<Void> send() {
            Optional<Attempt> begun = service.replicas().begin(tried);
            if (begun.isEmpty()) {
                return Mono.error(UpstreamErrors.unreachable(service.name().toString()));
            }
            Attempt attempt = begun.get();
            tried.add(attempt.replica());
            end(exchange);
            exchange.getAttributes().put(ATTEMPT, attempt);
            if (held) {
                attempt.sent();
            }
            URI asked = exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
            exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR, at(attempt.url(), asked));
            return chain.filter(exchange)
                    .thenReturn(Optional.<Throwable>empty())
                    .onErrorResume(error -> Mono.just(Optional.of(error)))
                    .flatMap(error -> error.isPresent() ? failed(attempt, error.get()) : answered(attempt));
        }

        private void sent() {
            if (exchange.getAttribute(ATTEMPT) instanceof Attempt attempt) {
                attempt.sent();
            }
        }

        private Mono<Void> answered(Attempt attempt) {
            HttpStatusCode status = exchange.getResponse().getStatusCode();
            int code = status == null ? 0 : status.value();
            if (code == UNAVAILABLE) {
                attempt.declined();
            } else {
                attempt.answered();
            }
            if (route.administers() && status != null && status.is2xxSuccessful()) {
                URI asked = exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
                return others.tell(exchange, asked, tried).doOnError(error -> closeAnswered());
            }
            boolean elsewhere = code == UNAVAILABLE && again || code == NOT_FOUND && route.keptByOne();
            return elsewhere && service.replicas().hasAnother(tried) ? sendAgain() : Mono.empty();
        }

        private Mono<Void> failed(Attempt attempt, Throwable error) {
            if (!isOfConnection(error) || clientFailed || exchange.getResponse().isCommitted()) {
                return Mono.error(error);
            }
            attempt.failed(error);
            if (nothingWasSent(error) || again && !broken) {
                broken |= !nothingWasSent(error);
                if (service.replicas().hasUntried(tried)) {
                    return sendAgain();
                }
            }
            return Mono.error(error instanceof AbortedException ? new IOException(error) : error);
        }

        private Mono<Void> sendAgain() {
            service.replicas().sentAgain();
            closeAnswered();
            ServerWebExchangeUtils.reset(exchange);
            return send();
        }

        /** Its body was not read; what is left of it must not be taken for the next answer. */
        private void closeAnswered() {
            Connection answered = exchange.getAttribute(ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR);
            if (answered != null) {
                answered.dispose();
                exchange.getAttributes().remove(ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR);
            }
        }

        /** A client that goes away in the middle of its body is no fault of the replica. */
        private final class Watched extends ServerHttpRequestDecorator {

            Watched(ServerHttpRequest request) {
                super(request);
            }

            @Override
            public Flux<DataBuffer> getBody() {
                return super.getBody().doOnError(error -> clientFailed = true).doOnComplete(Course.this::sent);
            }
        }
    }

    private static boolean isOfConnection(Throwable error) {
        return error instanceof IOException || error instanceof AbortedException;
    }

    private static boolean nothingWasSent(Throwable error) {
        return error instanceof ConnectException
                || error instanceof UnknownHostException
                || error instanceof NoRouteToHostException;
    }

    static URI at(URI replica, URI asked) {
        String query = asked.getRawQuery();
        return URI.create(replica.getScheme() + "://" + replica.getRawAuthority() + asked.getRawPath()
                + (query == null ? "" : "?" + query));
    }
}
